/** Account: who is signed in, and another password. */
import type { Page } from '@playwright/test';
import { expectAccessible } from '../accessible.ts';
import { expect, hydrated, test } from '../fixtures.ts';
import { Hub } from '../hub.ts';
import { ADMIN } from '../server.ts';

const NEW = 'rainy Tuesdays in Plovdiv';
const current = (page: Page) => page.getByLabel('Current password', { exact: true });
const next = (page: Page) => page.getByLabel('New password', { exact: true });

test.beforeEach(({ hub }) => hub.signIn());

test('another password signs out everywhere else, and only it signs in from then on', async ({ browser, context, demo, hub, page }) => {
  const other = await browser.newPage({ baseURL: demo.url });
  const elsewhere = new Hub(other, async (path) => {
    await other.goto(path);
    await hydrated(other);
  });
  await elsewhere.signIn();
  await elsewhere.openUserStatus('Aurora Dental Group', 'Office users');

  await page.getByRole('link', { name: ADMIN.email }).click();
  await hub.at('Account');
  await expectAccessible(page);
  await expect(page.getByRole('region', { name: 'Signed in as' })).toContainText(ADMIN.email);
  await expect(page.getByRole('region', { name: 'Signed in as' })).toContainText('Northwind Telecom');
  await expect(current(page)).toHaveAttribute('autocomplete', 'current-password');
  await expect(next(page)).toHaveAttribute('autocomplete', 'new-password');
  // What a password manager or the clipboard brings is taken as it is.
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate((text) => navigator.clipboard.writeText(text), NEW);
  await current(page).fill(ADMIN.password);
  await next(page).focus();
  await page.keyboard.press('ControlOrMeta+V');
  await page.getByRole('button', { name: 'Show password' }).nth(1).click();
  await expect(next(page)).toHaveAttribute('type', 'text');
  await expect(next(page)).toHaveValue(NEW);
  const before = (await context.cookies()).find(({ name }) => name === 'ft_hub')?.value;
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Password changed.' })).toBeVisible();
  await expect(current(page)).toHaveValue('');
  await expect(next(page)).toHaveValue('');
  await expectAccessible(page);
  const after = (await context.cookies()).find(({ name }) => name === 'ft_hub')?.value;
  expect(after).not.toBe(before);

  await other.reload();
  await elsewhere.at('Sign in to the partner hub');
  await elsewhere.enter(ADMIN.email, ADMIN.password);
  await expect(other.getByRole('alert')).toContainText('The email address or the password is not right.');
  await elsewhere.enter(ADMIN.email, NEW);
  await elsewhere.at('User Status');
  await page.reload();
  await hub.at('Account');
  await page.getByRole('link', { name: 'Customers' }).click();
  await hub.at('Customer List');
});

test('what is wrong with a password is said at its field, in every language', async ({ hub, page, visit }) => {
  await visit('/hub/account');
  const send = async (old: string, password: string) => {
    await current(page).fill(old);
    await next(page).fill(password);
    await next(page).press('Enter');
  };
  for (const [old, password, field, cause, remedy] of [
    ['', NEW, current, 'The password is missing.', 'Enter your password.'],
    ['not this one', NEW, current, 'The current password is not right.', 'Enter the password with which you sign in.'],
    [ADMIN.password, 'fourteen signs', next, 'The password is too short.', 'Use at least 15 characters'],
    [ADMIN.password, 'passwordpassword', next, 'The password is easy to guess.', 'Use several words'],
    [ADMIN.password, 'BroadWorksFlowthrough', next, 'whoever knows your company', 'Do not build it from your address'],
  ] as const) {
    await send(old, password);
    const told = page.getByRole('alert').filter({ hasText: cause });
    await expect(told).toContainText(remedy);
    await expect(field(page)).toBeFocused();
    await expect(field(page)).toHaveAttribute('aria-invalid', 'true');
    await expect(field(page)).toHaveAccessibleDescription(new RegExp(cause));
    // What was typed is kept.
    await expect(next(page)).toHaveValue(password);
  }
  await expectAccessible(page);
  for (const [language, cause] of [
    ['Italiano', 'Chi conosce la tua azienda può indovinare la password.'],
    ['Български', 'Който познава фирмата Ви, може да отгатне паролата.'],
  ]) {
    await hub.speak(language);
    await expect(page.getByRole('alert')).toContainText(cause);
    await expect(page.locator('#new_password')).toHaveValue('BroadWorksFlowthrough');
  }
  await hub.speak('English');
  await hub.at('Account');
});

test('it works by keyboard alone, also on a phone', async ({ hub, page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  const bar = page.getByRole('navigation', { name: 'Hub' });
  const more = bar.getByRole('button', { name: 'More' });
  await more.focus();
  await page.keyboard.press('Enter');
  const link = bar.getByRole('link', { name: 'Account' });
  for (let presses = 0; presses < 5; presses += 1) await page.keyboard.press('Tab');
  await expect(link).toBeFocused();
  await page.keyboard.press('Enter');
  await hub.at('Account');
  await expect(more).toHaveAttribute('aria-current', 'true');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await page.keyboard.press('Tab');
  await expect(current(page)).toBeFocused();
  await page.keyboard.type(ADMIN.password);
  for (let presses = 0; presses < 2; presses += 1) await page.keyboard.press('Tab');
  await expect(next(page)).toBeFocused();
  await page.keyboard.type(NEW);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status').filter({ hasText: 'Password changed.' })).toBeVisible();
});

test('a password is never sent in an address, not even by a page that is not hydrated', async ({ browser, context, demo }) => {
  const plain = await browser.newContext({ baseURL: demo.url, javaScriptEnabled: false });
  await plain.addCookies(await context.cookies());
  const page = await plain.newPage();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto('/hub/account');
  for (const password of ['fourteen signs', NEW]) {
    await current(page).fill(ADMIN.password);
    await next(page).fill(password);
    await page.getByRole('button', { name: 'Change password' }).click();
    await expect(page).toHaveURL('/hub/account');
    const told = page.getByRole('alert').filter({ hasText: 'The password is too short.' });
    await expect(told).toHaveCount(password === NEW ? 0 : 1);
  }
  await page.goto('/hub/customers');
  await expect(page.getByRole('heading', { level: 1, name: 'Customer List' })).toBeVisible();
  expect(asked.filter((url) => url.includes('assword='))).toEqual([]);
  await plain.close();
});
