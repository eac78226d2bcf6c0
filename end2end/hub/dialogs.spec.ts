/** What all dialogs with fields have in common: nothing entered is lost without a word, and whoever is refused is led to where. */
import { type Page } from '@playwright/test';
import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';
import type { Hub } from '../hub.ts';
import { ADMIN } from '../server.ts';

test.beforeEach(({ hub }) => hub.signIn());

interface Filled {
  dialog: string;
  field: string;
  go: (hub: Hub, page: Page) => Promise<void>;
  open: (hub: Hub, page: Page) => Promise<void>;
}

async function under(page: Page, link: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Hub' }).getByRole('link', { name: link }).click();
}

const FILLED: Filled[] = [
  {
    dialog: 'Invite',
    field: 'Email address',
    go: (_, page) => under(page, 'People'),
    open: (_, page) => page.getByRole('button', { name: 'Invite' }).click(),
  },
  {
    dialog: 'Create token',
    field: 'Name',
    go: (_, page) => under(page, 'API tokens'),
    open: (_, page) => page.getByRole('button', { name: 'Create token' }).click(),
  },
  {
    dialog: 'Retry Activation',
    field: 'Email address',
    go: (hub) => hub.openUserStatus('Aurora Dental Group', 'Office users'),
    open: async (hub) => {
      const { row } = await hub.firstIn('Error');
      await hub.choose(row, 'Retry Activation');
    },
  },
];

for (const { dialog, field, go, open } of FILLED) {
  test(`what was entered in ${dialog} is not lost without a word`, async ({ hub, page }) => {
    await go(hub, page);
    await open(hub, page);
    const form = hub.dialog(dialog);
    const question = hub.dialog('Close without sending?');
    await expect(form).toBeVisible();
    // What holds nothing new closes at once.
    await page.keyboard.press('Escape');
    await expect(form).toBeHidden();
    await open(hub, page);
    const typed = form.getByRole('textbox', { name: field });
    await typed.fill('kept@home.example');
    await page.keyboard.press('Escape');
    await expect(question).toBeVisible();
    await expect(question.getByRole('button', { name: 'Keep it open' })).toBeFocused();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await expect(question).toBeHidden();
    await expect(typed).toHaveValue('kept@home.example');
    await expect(typed).toBeFocused();

    await page.evaluate(() => history.back());
    const leaving = hub.dialog('Leave without saving?');
    await leaving.getByRole('button', { name: 'Stay on this page' }).click();
    await expect(typed).toHaveValue('kept@home.example');

    await page.keyboard.press('Escape');
    await question.getByRole('button', { name: 'Close without sending' }).click();
    await expect(form).toBeHidden();
    await expect(page.locator('body')).not.toBeFocused();
  });
}

test('whoever is refused is led to the field, or to what is said', async ({ hub, page }) => {
  await under(page, 'People');
  await page.getByRole('button', { name: 'Invite' }).click();
  const form = hub.dialog('Invite');
  const field = form.getByRole('textbox', { name: 'Email address' });
  await field.fill(ADMIN.email);
  await form.getByRole('button', { name: 'Create invitation' }).click();
  await expect(form.getByRole('alert')).toContainText('44024');
  await expect(field).toBeFocused();
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(field).toHaveAccessibleDescription(/Code 44024/);
  await expectAccessible(page);

  await field.fill('new@home.example');
  await page.route('**/api/hub/invite*', (route) => route.abort());
  await form.getByRole('button', { name: 'Create invitation' }).click();
  await expect(form.getByRole('alert')).toContainText('The server cannot be reached.');
  await expect(form.getByRole('alert')).toBeFocused();
  await expect(field).toHaveValue('new@home.example');
  await page.unroute('**/api/hub/invite*');
  await form.getByRole('button', { name: 'Create invitation' }).click();
  await expect(hub.dialog('The link for them')).toBeVisible();
});

test('an incomplete address takes whoever sends it back to the field', async ({ hub }) => {
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const { row } = await hub.firstIn('Error');
  await hub.choose(row, 'Retry Activation');
  const form = hub.dialog('Retry Activation');
  const field = form.getByRole('textbox', { name: 'Email address' });
  await field.fill('nobody@');
  await form.getByRole('button', { name: 'Onboard', exact: true }).click();
  await expect(field).toBeFocused();
  await expect(field).toHaveAttribute('aria-invalid', 'true');
});

test('a dialog about somebody who is deleted meanwhile says so', async ({ demo, hub, page }) => {
  const token = (await demo.command('token', 'add')).trim();
  const authorization = `Bearer ${token}`;
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const { row, id } = await hub.firstIn('Error');
  await hub.choose(row, 'Retry Activation');
  const form = hub.dialog('Retry Activation');
  await form.getByRole('textbox', { name: 'Email address' }).fill('late@home.example');

  const found = await fetch(`${demo.url}/v1/broadworks/subscribers?userId=${encodeURIComponent(id)}`, { headers: { authorization } });
  const [{ id: key }] = ((await found.json()) as { items: { id: string }[] }).items;
  await fetch(`${demo.url}/v1/broadworks/subscribers/${key}`, { method: 'DELETE', headers: { authorization } });
  await expect(hub.user(id)).toHaveCount(0);
  await expect(form.getByRole('textbox', { name: 'Email address' })).toHaveValue('late@home.example');
  await form.getByRole('button', { name: 'Onboard', exact: true }).click();
  await expect(form).toBeHidden();
  await expect(page.getByText(`${id} was deleted`).first()).toBeVisible();
  await expect(page.locator('body')).not.toBeFocused();
});

test('a file that was chosen and is not in, and a password that was typed, are asked about', async ({ hub, page, visit }) => {
  await visit('/hub/account');
  await page.getByLabel('Current password', { exact: true }).fill('something');
  await under(page, 'Customers');
  const leaving = hub.dialog('Leave without saving?');
  await leaving.getByRole('button', { name: 'Stay on this page' }).click();
  await expect(page.getByLabel('Current password', { exact: true })).toHaveValue('something');
  await under(page, 'Customers');
  await leaving.getByRole('button', { name: 'Leave without saving' }).click();
  await hub.at('Customer List');

  await hub.openUserStatus('Costa Verde Hotels', 'Hotel staff (self-activation)');
  await page.getByRole('link', { name: 'Import', exact: true }).click();
  const buffer = Buffer.from('BroadWorks ID,First Name,Last Name,Enterprise ID\nnew@costaverde.example,Ann,Lee,Northwind+costaverde\n');
  await page.getByLabel('CSV file').setInputFiles({ name: 'users.csv', mimeType: 'text/csv', buffer });
  await expect(page.locator('.summary dd').first()).toHaveText('1');
  await under(page, 'Customers');
  await leaving.getByRole('button', { name: 'Stay on this page' }).click();
  await hub.at('Import users');
  await expect(page.locator('.summary dd').first()).toHaveText('1');
});
