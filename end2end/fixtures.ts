/** What every spec starts from: a server of its own, and a page on which nothing goes wrong unseen. */
import { test as base, expect, type Page } from '@playwright/test';
import { Hub } from './hub.ts';
import { Portal } from './portal.ts';
import { Server } from './server.ts';

export { expect } from '@playwright/test';

interface Fixtures {
  /** Whether the browser may complain: the test breaks something in it. */
  breaking: boolean;
  /** The demo, fresh: no test sees what another one did. */
  demo: Server;
  /** Opens a page, and where JavaScript runs waits until it is hydrated. */
  visit: (path: string) => Promise<void>;
  /** The activation portal. */
  portal: Portal;
  /** The partner hub. */
  hub: Hub;
}

export const test = base.extend<Fixtures>({
  breaking: [false, { option: true }],
  demo: async ({}, use) => {
    const server = await Server.start();
    await use(server);
    await server.stop();
    expect(server.panics, 'panics of the server').toEqual([]);
  },
  baseURL: ({ demo }, use) => use(demo.url),
  page: async ({ breaking, page }, use) => {
    const complaints = listen(page);
    await use(page);
    // A page that renews itself may be asking still, by a way that ends with the test; a test that closed its page has ended it.
    if (!page.isClosed()) await page.unrouteAll({ behavior: 'ignoreErrors' });
    if (!breaking) expect(complaints, 'what the browser complained about').toEqual([]);
  },
  visit: ({ page, javaScriptEnabled }, use) =>
    use(async (path) => {
      await page.goto(path);
      if (javaScriptEnabled) await hydrated(page);
    }),
  portal: ({ page, visit }, use) => use(new Portal(page, visit)),
  hub: ({ page, visit }, use) => use(new Hub(page, visit)),
});

/** Server-rendered buttons can be clicked before anybody listens. */
export async function hydrated(page: Page): Promise<void> {
  await expect(page.locator('body')).toHaveAttribute('data-hydrated', 'true');
}

function listen(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // A refusal (401, 422 …) is an answer like any other to the page, but not to the browser's console.
    const refusal = message.text().startsWith('Failed to load resource');
    // Without JavaScript nothing uses the package that the page names early.
    const unused = message.text().includes('preloaded using link preload but not used');
    if (['error', 'warning'].includes(message.type()) && !refusal && !unused) complaints.push(message.text());
  });
  return complaints;
}
