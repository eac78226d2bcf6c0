import { devices } from '@playwright/test';
import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';
import { mailTo } from '../mailbox.ts';

test.beforeEach(async ({ demo, portal }) => {
  await portal.open(demo.path('share link'));
});

test('by code: sign in, enter an address, enter the code, be provisioned', async ({ demo, page, portal }) => {
  await expectAccessible(page);
  const [user] = demo.users('users');
  await portal.signIn(user, demo.told('user password'));
  await portal.at('Enter your email address');
  await expectAccessible(page);
  await portal.enterAddress('first.user@home.example');
  await portal.at('Check your email');
  await expect(page.getByText('first.user@home.example')).toBeVisible();
  await expectAccessible(page);
  const { code } = await mailTo(page, 'first.user@home.example');
  await portal.enterCode(code);
  await portal.expectProvisioned();
  await expectAccessible(page);
  // Whoever has activated is no longer offered to the demo's visitors.
  expect(await demo.command('demo-users')).not.toContain(user);
});

test('by link: Join now proves the address, but not before its button is pressed', async ({ demo, page, portal, visit }) => {
  await portal.signIn(demo.users('users')[1], demo.told('user password'));
  await portal.enterAddress('second.user@home.example');
  const { joinNow } = await mailTo(page, 'second.user@home.example');
  await visit(joinNow);
  await portal.at('Confirm your address');
  await expect(page.getByText('second.user@home.example')).toBeVisible();
  await expectAccessible(page);
  await visit(demo.path('share link'));
  await portal.at('Check your email');
  await visit(joinNow);
  await portal.press('Join now');
  await portal.expectProvisioned();
});

test('by link in another browser: Join now signs in there', async ({ browser, demo, javaScriptEnabled, page, portal }) => {
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('phone@home.example');
  const { joinNow } = await mailTo(page, 'phone@home.example');
  const { userAgent } = devices['iPhone 15'];
  const phone = await browser.newPage({ baseURL: demo.url, javaScriptEnabled, userAgent });
  await phone.goto(joinNow);
  await phone.getByRole('button', { name: 'Join now' }).click();
  await expect(phone.getByRole('heading', { name: 'You are all set' })).toBeVisible();
  await expect(phone.getByRole('link', { name: 'iPhone' })).toContainText('For this device');
  await expect(phone.getByRole('img', { name: 'On your phone' })).toHaveCount(0);
  await phone.close();
  // The page that stayed open hears of it, and leads on to the phone.
  await page.reload();
  await portal.expectProvisioned();
  await expect(page.getByRole('img', { name: 'On your phone' })).toBeVisible();
  const led = await page.request.get('/app', { maxRedirects: 0, headers: { 'user-agent': userAgent } });
  expect(led.headers().location).toContain('apps.apple.com');
});

test('whoever closes the browser comes back to where he stood', async ({ browser, demo, javaScriptEnabled, page, portal }) => {
  const [user] = demo.users('users');
  await portal.signIn(user, demo.told('user password'));
  await portal.enterAddress('closes.browser@home.example');
  await portal.at('Check your email');
  await page.close();
  const later = await browser.newPage({ baseURL: demo.url, javaScriptEnabled });
  await later.goto(demo.path('share link'));
  if (javaScriptEnabled) await expect(later.locator('body')).toHaveAttribute('data-hydrated', 'true');
  await later.getByRole('textbox', { name: 'User ID of your phone service' }).fill(user);
  await later.getByLabel('Password', { exact: true }).fill(demo.told('user password'));
  await later.getByRole('button', { name: 'Sign in' }).click();
  await expect(later.getByRole('heading', { name: 'Check your email' })).toBeVisible();
  await expect(later.getByText('closes.browser@home.example')).toBeVisible();
  await later.close();
});

test('a reload shows the same step, and signing out ends it', async ({ demo, page, portal }) => {
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.at('Enter your email address');
  await page.reload();
  await portal.at('Enter your email address');
  await portal.press('Sign out');
  await portal.at('Activate your account');
  await page.reload();
  await portal.at('Activate your account');
});
