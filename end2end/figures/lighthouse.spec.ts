/** Lighthouse's marks for what a visitor opens first, as it gives them to a phone. `make bench` wants them as JSON: in FLOWTHROUGH_FIGURES. */
import { execFile } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { test } from '../fixtures.ts';

/** Installed by scripts/setup.sh bench. */
const LIGHTHOUSE = resolve(import.meta.dirname, '../../bench/lighthouse/node_modules/.bin/lighthouse');
const CATEGORIES = ['performance', 'accessibility', 'best-practices'];

for (const [name, path] of [
  ['portal', 'share link'],
  ['hub', undefined],
] as const) {
  test(`${name}, Lighthouse`, async ({ demo, launchOptions }) => {
    const url = `${demo.url}${path ? demo.path(path) : '/hub/sign-in'}`;
    const flags = `--chrome-flags=--headless=new ${launchOptions.args!.join(' ')}`;
    const args = [url, '--quiet', '--output=json', `--only-categories=${CATEGORIES}`, flags];
    const env = { ...process.env, CHROME_PATH: launchOptions.executablePath };
    const { stdout } = await promisify(execFile)(LIGHTHOUSE, args, { env, maxBuffer: 64 << 20 });
    const report = JSON.parse(stdout);
    const marks = Object.fromEntries(CATEGORIES.map((category) => [category, Math.round(report.categories[category].score * 100)]));
    console.log(`${name}, Lighthouse:`, marks);
    const short = Object.values<{ id: string; score: number | null; title: string }>(report.audits).filter(({ score }) => score !== null && score < 0.9);
    for (const { id, score, title } of short) console.log(`  ${score} ${id}: ${title}`);
    const file = process.env.FLOWTHROUGH_FIGURES;
    if (file) appendFileSync(file, `${JSON.stringify({ page: name, marks })}\n`);
  });
}
