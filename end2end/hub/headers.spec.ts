/** What every answer tells a browser, whatever it is an answer to. */
import { expect, test } from '../fixtures.ts';

const PAGES = ['/', '/hub/sign-in', '/nothing', '/activate/nothing'];
const OTHERS = ['/healthz', '/version', '/v1/docs', '/v1/openapi.json', '/v1/broadworks/subscribers', '/pkg/flowthrough.css', '/favicon.svg'];
const YEAR = 365 * 24 * 60 * 60;

test('nothing is shown in a frame, guessed at, kept, or told to another site', async ({ page }) => {
  for (const path of [...PAGES, ...OTHERS]) {
    const headers = (await page.request.get(path, { headers: { origin: 'https://evil.example' } })).headers();
    const policy = headers['content-security-policy'].split(/;\s*/);
    expect(policy, path).toEqual(expect.arrayContaining(["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]));
    expect(headers, path).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': path.startsWith('/pkg/') ? 'public, no-cache' : 'no-store',
    });
    const [, seconds] = /^max-age=(\d+)/.exec(headers['strict-transport-security']) ?? [];
    expect(Number(seconds), path).toBeGreaterThanOrEqual(YEAR);
    expect(headers, path).not.toHaveProperty('access-control-allow-origin');
  }
  expect((await page.request.get('/pkg', { maxRedirects: 0 })).status(), 'no list of files').toBe(404);
});

test('a page runs the scripts that came with it, and no others', async ({ page }) => {
  for (const path of PAGES) {
    const scripts = async () => {
      const policy = (await page.request.get(path)).headers()['content-security-policy'].split(/;\s*/);
      return policy.find((part) => part.startsWith('script-src ')) ?? '';
    };
    const [once, again] = [await scripts(), await scripts()];
    expect(once, path).toMatch(/^script-src 'self' 'nonce-[\w-]{22}' 'wasm-unsafe-eval'$/);
    expect(again, `${path}: a nonce is for one page`).not.toBe(once);
  }
});

test('the page behind a share link, which is sent to many, names the scripts that came with it', async ({ demo, page, portal }) => {
  const link = demo.path('share link');
  // The browser runs them: it says so by what it does with the page.
  await portal.open(link);
  const answer = await page.request.get(link);
  const policy = (answer.headers()['content-security-policy'] ?? '').split(/;\s*/);
  expect(policy.find((part) => part.startsWith('script-src '))).toMatch(/^script-src 'self'( 'sha256-[\w+/]{43}=')+ 'wasm-unsafe-eval'$/);
  expect((await answer.text()).match(/<script/g)?.length).toBeGreaterThan(1);
});
