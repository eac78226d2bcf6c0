/** API tokens: created, shown once, revoked. */
import { type Page } from '@playwright/test';
import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';
import type { Hub } from '../hub.ts';
import type { Server } from '../server.ts';

test.beforeEach(async ({ hub, page }) => {
  await hub.signIn();
  await page.getByRole('navigation', { name: 'Hub' }).getByRole('link', { name: 'API tokens' }).click();
  await hub.at('API tokens');
});

/** What the API answers to this token. */
async function status(demo: Server, token: string, method = 'GET'): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = method === 'POST' ? '{}' : undefined;
  return (await fetch(`${demo.url}/v1/broadworks/subscribers`, { method, headers, body })).status;
}

async function create(hub: Hub, page: Page, name: string, choose: () => Promise<void> = async () => {}): Promise<string> {
  await page.getByRole('button', { name: 'Create token' }).click();
  const form = hub.dialog('Create token');
  await form.getByRole('textbox', { name: 'Name' }).fill(name);
  await choose();
  await form.getByRole('button', { name: 'Create token' }).click();
  const field = hub.dialog('Token created').getByRole('textbox', { name: 'Access token' });
  await expect(field).toBeFocused();
  return field.inputValue();
}

function row(page: Page, name: string) {
  return page.getByRole('table', { name: 'API tokens' }).getByRole('row').filter({ hasText: name });
}

test('a token works at once, is shown once, and is refused as soon as it is revoked', async ({ context, demo, hub, page }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await expect(page.getByText('No tokens yet')).toBeVisible();
  await expect(page.getByRole('link', { name: 'API documentation' }).first()).toHaveAttribute('href', '/v1/docs');
  await expectAccessible(page);

  const token = await create(hub, page, 'CRM');
  const created = hub.dialog('Token created');
  await expectAccessible(page);
  await created.getByRole('button', { name: 'Copy token' }).click();
  await expect(created.getByRole('status')).toHaveText('Copied');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(token);
  expect(await status(demo, token)).toBe(200);
  // It cannot be shown again: nothing closes it but somebody who says that they have it.
  for (let tries = 0; tries < 3; tries += 1) await page.keyboard.press('Escape');
  await expect(created.getByRole('alert')).toContainText('Copy the token first');
  await expect(created.getByRole('textbox', { name: 'Access token' })).toHaveValue(token);
  await expectAccessible(page);
  // Two dialogs, each with a name of its own.
  await page.evaluate(() => history.back());
  const question = hub.dialog('Leave without saving?');
  await expect(question).toBeVisible();
  await expectAccessible(page);
  await question.getByRole('button', { name: 'Stay on this page' }).click();
  await created.getByRole('button', { name: 'I have copied it' }).click();
  await expect(created).toBeHidden();
  await expect(page.getByRole('button', { name: 'Create token' })).toBeFocused();
  await expect(row(page, 'CRM').getByRole('cell', { name: 'Valid', exact: true })).toBeVisible();

  await page.reload();
  await expect(row(page, 'CRM').getByRole('cell', { name: 'Not yet' })).toHaveCount(0);
  expect(await page.content()).not.toContain(token);
  await expectAccessible(page);

  await row(page, 'CRM').getByRole('button', { name: 'Revoke CRM' }).click();
  const revoke = hub.dialog('Revoke token');
  await expect(revoke).toContainText('Revoke CRM?');
  await expectAccessible(page);
  await revoke.getByRole('button', { name: 'Cancel' }).click();
  await expect(revoke).toBeHidden();
  expect(await status(demo, token)).toBe(200);

  await row(page, 'CRM').getByRole('button', { name: 'Revoke CRM' }).click();
  await revoke.getByRole('button', { name: 'Revoke token' }).click();
  await expect(row(page, 'CRM').getByRole('cell', { name: 'Revoked', exact: true })).toBeVisible();
  expect(await status(demo, token)).toBe(401);
  await expect(row(page, 'CRM').getByRole('button')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Create token' })).toBeFocused();
  await expectAccessible(page);
});

test('a token does what its scopes say, for as long as was chosen', async ({ demo, hub, page }) => {
  const form = hub.dialog('Create token');
  const reader = await create(hub, page, 'Reports', async () => {
    await form.getByRole('radio', { name: 'Never' }).check();
  });
  await hub.dialog('Token created').getByRole('button', { name: 'I have copied it' }).click();
  expect(await status(demo, reader)).toBe(200);
  expect(await status(demo, reader, 'POST')).toBe(403);
  const cells = row(page, 'Reports').getByRole('cell');
  await expect(cells.nth(2)).toHaveText('Read users');
  await expect(cells.nth(4)).toHaveText('Never');

  const month = await create(hub, page, 'Migration', async () => {
    await form.getByRole('checkbox', { name: 'Change users' }).check();
    await form.getByRole('radio', { name: 'After 30 days' }).check();
  });
  await hub.dialog('Token created').getByRole('button', { name: 'I have copied it' }).click();
  expect(await status(demo, month, 'POST')).toBe(400);
  const times = row(page, 'Migration').locator('time');
  await expect(times).toHaveCount(2);
  const [from, until] = await times.evaluateAll((found) => found.map((time) => Date.parse(time.getAttribute('datetime')!)));
  expect(until - from).toBe(30 * 24 * 3_600_000);
});

test('what is missing is said, and what was typed is kept when something goes wrong', async ({ hub, page }) => {
  await page.getByRole('button', { name: 'Create token' }).click();
  const form = hub.dialog('Create token');
  await expect(form.getByRole('textbox', { name: 'Name' })).toBeFocused();
  await form.getByRole('checkbox', { name: 'Read users' }).uncheck();
  await form.getByRole('button', { name: 'Create token' }).click();
  await expect(form.getByText('Enter a name')).toBeVisible();
  await expect(form.getByText('Select at least one scope')).toBeVisible();
  await expect(form.getByRole('textbox', { name: 'Name' })).toBeFocused();
  await expectAccessible(page);

  await form.getByRole('textbox', { name: 'Name' }).fill('Nightly import');
  await form.getByRole('button', { name: 'Create token' }).click();
  await expect(form.getByRole('checkbox', { name: 'Read users' })).toBeFocused();
  await form.getByRole('checkbox', { name: 'Read users' }).check();
  await page.route('**/api/hub/create-token*', (route) => route.abort());
  await form.getByRole('button', { name: 'Create token' }).click();
  await expect(form.getByRole('alert')).toContainText('The server cannot be reached.');
  await expect(form.getByRole('textbox', { name: 'Name' })).toHaveValue('Nightly import');
  await page.unroute('**/api/hub/create-token*');
  await form.getByRole('button', { name: 'Create token' }).click();
  await expect(hub.dialog('Token created')).toBeVisible();
});

test('the buttons of a dialog are in sight however long it is, also on a phone', async ({ hub, page }) => {
  const dialog = hub.dialog('Create token');
  const submit = dialog.getByRole('button', { name: 'Create token' });
  for (const viewport of [{ width: 1440, height: 800 }, { width: 390, height: 664 }]) {
    await page.setViewportSize(viewport);
    await page.getByRole('button', { name: 'Create token' }).click();
    await expect(submit).toBeInViewport({ ratio: 1 });
    await expect(dialog.getByRole('heading', { name: 'Create token' })).toBeInViewport({ ratio: 1 });
    // What is reached by the keyboard is not behind them.
    const last = dialog.getByRole('radio', { name: 'Never' });
    await last.focus();
    const [choice, foot] = [await last.boundingBox(), await dialog.locator('.dialog-foot').boundingBox()];
    expect(choice!.y + choice!.height).toBeLessThanOrEqual(foot!.y);
    await expect(submit).toBeInViewport({ ratio: 1 });
    await page.keyboard.press('Escape');
  }
});

test('all of it works by keyboard alone', async ({ hub, page }) => {
  await page.getByRole('button', { name: 'Create token' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('Keyboard');
  await page.keyboard.press('Enter');
  await expect(hub.dialog('Token created').getByRole('textbox', { name: 'Access token' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Copy token' })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Create token' })).toBeFocused();
  await expect(row(page, 'Keyboard')).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Revoke Keyboard' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(hub.dialog('Revoke token')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Revoke Keyboard' })).toBeFocused();
});

test("another partner's tokens are out of reach", async ({ demo, hub, page }) => {
  const token = await create(hub, page, 'Ours');
  await hub.dialog('Token created').getByRole('button', { name: 'I have copied it' }).click();
  // Not when it is sent: until it has been given up it may still reach the server.
  const revoke = page.waitForEvent('requestfailed', (request) => request.url().includes('/api/hub/revoke-token'));
  await row(page, 'Ours').getByRole('button', { name: 'Revoke Ours' }).click();
  await page.route('**/api/hub/revoke-token*', (route) => route.abort());
  await hub.dialog('Revoke token').getByRole('button', { name: 'Revoke token' }).click();
  const { url, body } = await revoke.then((request) => ({ url: request.url(), body: request.postData() ?? '' }));
  await page.unroute('**/api/hub/revoke-token*');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await hub.at('Sign in to the partner hub');

  const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: demo.url };
  expect((await page.request.post(url, { data: body, headers })).status(), 'signed out').toBe(401);
  const told = await demo.command('admin', 'add', 'other@example.com', '--partner', 'Southwind');
  await hub.signIn({ email: 'other@example.com', password: /^password\s+(\S+)$/m.exec(told)?.[1] ?? '' });
  expect((await page.request.post(url, { data: body, headers })).status(), 'of another partner').toBe(404);
  expect(await status(demo, token)).toBe(200);
  await page.getByRole('link', { name: 'API tokens' }).click();
  await expect(page.getByText('No tokens yet')).toBeVisible();
});

test('an answer that comes when its page has been left is heard by nobody', async ({ demo, hub, page }) => {
  const token = await create(hub, page, 'Late');
  await hub.dialog('Token created').getByRole('button', { name: 'I have copied it' }).click();
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route('**/api/hub/revoke-token*', async (route) => {
    await held;
    await route.continue();
  });
  await row(page, 'Late').getByRole('button', { name: 'Revoke Late' }).click();
  await hub.dialog('Revoke token').getByRole('button', { name: 'Revoke token' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Customers' }).click();
  await hub.at('Customer List');
  const answered = page.waitForResponse('**/api/hub/revoke-token*');
  answer();
  await (await answered).finished();
  expect(await status(demo, token)).toBe(401);
  // Whatever the page had done with the answer is done by now, and the browser has complained of nothing.
  await page.getByRole('link', { name: 'API tokens' }).click();
  await expect(row(page, 'Late').getByText('Revoked')).toBeVisible();
  await expect(page.locator('html')).not.toHaveAttribute('data-plain', '');
});

test('the documentation fits a phone, and can be read in the dark', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto('/v1/docs');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expectAccessible(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
});
