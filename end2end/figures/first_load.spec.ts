/** How long a first visit takes, and how many bytes, on a slow phone. `make bench` wants it as JSON: in FLOWTHROUGH_FIGURES. */
import { appendFileSync } from 'node:fs';
import { type CDPSession, type Page } from '@playwright/test';
import { test } from '../fixtures.ts';

const RUNS = 5;
/** Slow 4G as Lighthouse reckons with it (150 ms there and back) and as DevTools sets it, and a phone at the edge of the network. */
const LINES = {
  'Slow 4G, 150 ms': { latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 },
  'Slow 4G, 562 ms': { latency: 562.5, downloadThroughput: (1.6e6 * 0.9) / 8, uploadThroughput: (0.75e6 * 0.9) / 8 },
  '400 kbit/s': { latency: 400, downloadThroughput: 400e3 / 8, uploadThroughput: 400e3 / 8 },
};
const SLOWER = 4;

interface Visit {
  visible: number;
  alive: number;
  bytes: number;
  requests: number;
}

/** One first visit. Of a page without JavaScript only what is visible is measured. */
async function visit(page: Page, url: string, line: keyof typeof LINES): Promise<Visit> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', { offline: false, ...LINES[line] });
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  const sent = count(devtools);
  await page.addInitScript(() => {
    const seen = () => {
      if (document.body?.dataset.hydrated) Object.assign(window, { alive: performance.now() });
      else requestAnimationFrame(seen);
    };
    seen();
  });
  await page.goto(url);
  const alive = await page.waitForFunction(() => Reflect.get(window, 'alive') as number | undefined);
  const visible = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0);
  return { visible, alive: (await alive.jsonValue()) ?? 0, ...sent };
}

function count(devtools: CDPSession): { bytes: number; requests: number } {
  const sent = { bytes: 0, requests: 0 };
  devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
    sent.bytes += encodedDataLength;
    sent.requests += 1;
  });
  return sent;
}

const median = (numbers: number[]) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

for (const [name, path] of [
  ['portal', 'share link'],
  ['hub', undefined],
] as const) {
  for (const line of Object.keys(LINES) as (keyof typeof LINES)[]) {
    test(`${name}, ${line}`, async ({ browser, demo }) => {
      const visits: Visit[] = [];
      for (let run = 0; run < RUNS; run += 1) {
        const page = await browser.newPage();
        visits.push(await visit(page, `${demo.url}${path ? demo.path(path) : '/hub/sign-in'}`, line));
        await page.close();
      }
      const of = (figure: keyof Visit) => Math.round(median(visits.map((visit) => visit[figure])));
      const typical = { visible: of('visible'), alive: of('alive'), bytes: of('bytes'), requests: of('requests') };
      console.log(`${name}, ${line}, CPU / ${SLOWER}:`, typical);
      const file = process.env.FLOWTHROUGH_FIGURES;
      if (file) appendFileSync(file, `${JSON.stringify({ page: name, line, ...typical })}\n`);
    });
  }
}
