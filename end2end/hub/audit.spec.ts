/** The audit log: what was done stands in it, filtered by who, what and when. */
import { readFile } from 'node:fs/promises';
import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';

test('a deed stands in the log, is found by its kind, and leaves as CSV', async ({ hub, page }) => {
  await hub.signIn();
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const { row } = await hub.firstIn('Email address pending');
  await hub.choose(row, 'Change Package Type');
  await hub.dialog('Change Package Type').getByRole('radio', { name: 'Basic' }).check();
  await hub.dialog('Change Package Type').getByRole('button', { name: 'Save' }).click();
  await expect(hub.dialog('Change Package Type')).toBeHidden();

  await page.getByRole('navigation', { name: 'Hub' }).getByRole('link', { name: 'Audit log' }).click();
  await hub.at('Audit log');
  await expectAccessible(page);
  const log = page.getByRole('table', { name: 'Audit log' });
  await expect(log.getByRole('row').nth(1)).toContainText('Changed a package');
  await expect(log.getByRole('row').nth(1)).toContainText('admin@example.com');
  await page.getByRole('combobox', { name: 'What' }).selectOption('Sign-in');
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(log.getByRole('row')).toHaveCount(2);
  await expect(log.getByRole('row').nth(1)).toContainText('Signed in');
  await expect(page.getByRole('combobox', { name: 'What' })).toHaveValue('logins');
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export' }).click();
  const file = await readFile(await (await download).path(), 'utf8');
  expect(file).toContain('logins,signed_in');
  expect(file).not.toContain('package_changed');
  await log.getByRole('row').nth(1).waitFor();

  await page.getByRole('combobox', { name: 'What' }).selectOption('Templates');
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(page.getByText('Nothing here')).toBeVisible();
  await expectAccessible(page);
});
