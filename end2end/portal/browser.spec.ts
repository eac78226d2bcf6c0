/** Whatever becomes of the browser's half, the page works: by plain forms if need be. */
import { type Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { mailTo } from '../mailbox.ts';
import { type Portal } from '../portal.ts';
import { type Server } from '../server.ts';
import { changes, tamper } from '../tampering.ts';

test.use({ breaking: true });
test.beforeEach(({ javaScriptEnabled }) => {
  test.skip(!javaScriptEnabled, 'there is nothing to break');
});

/** The whole way, without ever waiting for the browser's half. */
async function activate(demo: Server, page: Page, portal: Portal, address: string): Promise<void> {
  await page.goto(demo.path('share link'));
  await portal.signIn(demo.users('users')[0], 'wrong');
  await expect(portal.problem).toContainText('not right');
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.at('Enter your email address');
  await portal.enterAddress(address);
  await portal.at('Check your email');
  await portal.enterCode((await mailTo(page, address)).code);
  await portal.expectProvisioned();
}

for (const [name, change] of Object.entries(changes)) {
  test(`${name}: the way goes on`, async ({ demo, page, portal, visit }) => {
    await tamper(page, change);
    await visit(demo.path('share link'));
    await activate(demo, page, portal, 'tampered@home.example');
    await expect(page.locator('html')).not.toHaveAttribute('data-plain', '');
  });
}

const answers: Record<string, { status: number; body?: string; headers?: Record<string, string> }> = {
  'is gone after a new version': { status: 404 },
  'is another version’s': { status: 200, body: '\0asm\u0001\0\0\0', headers: { 'content-type': 'application/wasm' } },
  'is not what it should be': { status: 200, body: '<html>blocked</html>', headers: { 'content-type': 'text/html' } },
};

for (const file of ['portal.wasm', 'portal.js']) {
  for (const [name, answer] of Object.entries(answers)) {
    test(`${file} ${name}: the way goes on by plain forms`, async ({ demo, page, portal }) => {
      await page.route(`**/pkg/${file}`, (route) => route.fulfill(answer));
      await activate(demo, page, portal, 'no.wasm@home.example');
      await expect(page.locator('body')).not.toHaveAttribute('data-hydrated', 'true');
    });
  }
}

test('a browser without WebAssembly: the way goes on by plain forms', async ({ demo, page, portal }) => {
  await page.addInitScript('delete globalThis.WebAssembly');
  await activate(demo, page, portal, 'lockdown@home.example');
});

test('a page that only waits looks again by itself, even where the browser’s half is broken', async ({ demo, page, portal }) => {
  await page.route('**/pkg/portal.wasm', (route) => route.fulfill({ status: 404 }));
  await page.goto(demo.path('share link'));
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('slow@down.example');
  await portal.enterCode((await mailTo(page, 'slow@down.example')).code);
  await portal.at('Your account is being created');
  // Nobody touches it.
  await page.waitForEvent('load', { timeout: 60_000 });
});

test('a panic in the middle: the page comes again, once, and shows where the user stands', async ({ demo, page, portal, visit }) => {
  await visit(demo.path('share link'));
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.at('Enter your email address');
  await page.evaluate(() => Object.assign(window, { old: true }));
  const panic = () => {
    const error = new Error('unreachable');
    error.name = 'RuntimeError';
    setTimeout(() => {
      throw error;
    });
  };
  const again = page.waitForEvent('load');
  await page.evaluate(panic);
  await again;
  expect(await page.evaluate(() => 'old' in window)).toBe(false);
  await portal.at('Enter your email address');
  await expect(page.locator('body')).toHaveAttribute('data-hydrated', 'true');
  // Again within moments: it does not come a third time, but goes on by plain forms.
  await page.evaluate(() => Object.assign(window, { old: true }));
  await page.evaluate(panic);
  await expect(page.locator('html')).toHaveAttribute('data-plain', '');
  expect(await page.evaluate(() => 'old' in window)).toBe(true);
  await portal.enterAddress('panic@home.example');
  await portal.at('Check your email');
  expect(await page.evaluate(() => 'old' in window)).toBe(false);
});

test('what somebody else’s script gets wrong is not ours', async ({ demo, page, portal, visit }) => {
  await visit(demo.path('share link'));
  await page.evaluate(() => Object.assign(window, { old: true }));
  const wrong = page.waitForEvent('pageerror');
  await page.evaluate(() => setTimeout(() => Reflect.get(undefined as never, 'x')));
  await wrong;
  await expect(page.locator('html')).not.toHaveAttribute('data-plain', '');
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.at('Enter your email address');
  // Taken for ours, the page would have come again.
  expect(await page.evaluate(() => 'old' in window)).toBe(true);
});

for (const [name, status] of [['as if all were well', 200], ['in its own words', 511]] as const) {
  test(`a page that is not ours answers ${name}: the way to the server is broken, and nothing is lost`, async ({ demo, page, portal, visit }) => {
    await visit(demo.path('share link'));
    const signIn = (url: URL) => url.pathname === '/api/portal/sign_in';
    await page.route(signIn, (route) => route.fulfill({ status, contentType: 'text/html', body: '<h1>Welcome to our hotel</h1>' }));
    await portal.signIn(demo.users('users')[0], demo.told('user password'));
    await expect(portal.problem).toContainText('The server cannot be reached.');
    await page.unroute(signIn);
    await portal.press('Sign in');
    await portal.at('Enter your email address');
  });
}

test('without a connection the page says so, and blames nobody', async ({ context, demo, portal, visit }) => {
  await visit(demo.path('share link'));
  await context.setOffline(true);
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await expect(portal.problem).toContainText('The server cannot be reached.');
  await expect(portal.problem).toContainText('Check your internet connection');
  await expect(portal.problem).not.toContainText('our side');
  await expect(portal.problem).not.toContainText('Tracking');
  await context.setOffline(false);
  await portal.press('Sign in');
  await portal.at('Enter your email address');
});
