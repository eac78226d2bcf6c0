/** Many users at once: ticking them, what is said before, how far it is, and what became of each. */
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';

test.beforeEach(({ hub }) => hub.signIn());

const bar = (page: Page) => page.getByRole('region', { name: 'Selected users' });
const strip = (page: Page) => page.getByRole('region', { name: 'Jobs that you started' });
const tick = (row: Locator) => row.getByRole('checkbox');

test('a page is ticked, then everybody who fits, and what is done is said before and after', async ({ hub, page }) => {
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  await expect(bar(page)).toBeHidden();
  await page.getByRole('checkbox', { name: 'Select all users on this page' }).check();
  await expect(bar(page)).toContainText('50 users selected');
  await bar(page).getByRole('button', { name: 'Select all 120 that match' }).click();
  await expect(bar(page)).toContainText('All 120 that match are selected');
  // Where the list ends the bar stands below it, and covers nothing.
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await expectAccessible(page);

  await bar(page).getByRole('button', { name: 'Retry Activation' }).click();
  const dialog = hub.dialog('Retry Activation');
  await expect(dialog).toContainText('failed attempt');
  await expect(dialog).toContainText('There is nothing to retry in the user’s current state.'.replace('’', "'"));
  await dialog.getByText('Some of those who are left out').click();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Retry Activation' }).click();
  await expect(dialog).toBeHidden();
  await expect(bar(page)).toBeHidden();
  await expect(strip(page)).toContainText('Retry Activation: Finished');
  await expectAccessible(page);

  await strip(page).getByRole('link', { name: 'Details' }).click();
  await hub.at('Retry Activation');
  const numbers = page.getByRole('navigation', { name: 'Result' });
  await expect(numbers).toContainText('120');
  await numbers.getByRole('link', { name: 'Refused' }).click();
  const rows = page.getByRole('table', { name: 'Result' });
  await expect(rows.getByRole('cell', { name: 'Refused', exact: true }).first()).toBeVisible();
  await expect(rows.getByRole('cell', { name: 'Done', exact: true })).toHaveCount(0);
  await expectAccessible(page);
  await page.getByRole('navigation', { name: 'Hub' }).getByRole('link', { name: 'Jobs' }).click();
  await hub.at('Jobs');
  await expect(page.getByRole('row').nth(1)).toContainText('admin@example.com');
  await expectAccessible(page);
});

test('a deletion can be undone, and what is not begun is left alone', async ({ hub, page }) => {
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const { row } = await hub.firstIn('Error');
  await tick(row).check();
  await bar(page).getByRole('button', { name: 'Delete Users' }).click();
  const dialog = hub.dialog('Delete Users');
  await expect(dialog).toContainText('1 user is deleted, and the account removed.');
  await expect(dialog.getByRole('radio', { name: 'The users can onboard again' })).toBeChecked();
  await dialog.getByRole('button', { name: 'Delete Users' }).click();
  await expect(strip(page).getByRole('button', { name: 'Undo' })).toBeVisible();
  // Whoever loads the page again can still take it back.
  await page.reload();
  await strip(page).getByRole('button', { name: 'Undo' }).click();
  await expect(strip(page)).toContainText('Delete User: Cancelled');
  await strip(page).getByRole('button', { name: 'Close' }).click();
  await expect(strip(page)).toBeHidden();
  await page.reload();
  await expect(row).toBeVisible();
});

test('a deletion can be undone under Jobs, and nothing else can be done for whoever is to be deleted', async ({ hub, page }) => {
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const { row, id } = await hub.firstIn('Email address pending');
  await hub.choose(row, 'Delete User');
  await hub.dialog('Delete User').getByRole('button', { name: 'Delete User' }).click();
  await expect(strip(page)).toContainText(id);
  await expect(row).toContainText('The deletion begins in a moment.');
  await row.getByRole('button', { name: /^Actions/ }).click();
  await expect(page.getByRole('menuitem')).toHaveText(['Copy Error Text']);
  await page.keyboard.press('Escape');
  await page.getByRole('navigation', { name: 'Hub' }).getByRole('link', { name: 'Jobs' }).click();
  await hub.at('Jobs');
  const job = page.getByRole('row').nth(1);
  await job.getByRole('button', { name: 'Undo' }).click();
  await expect(job).toContainText('Cancelled');
  await expect(job).toContainText(id);
});

test('by keyboard alone: j and k walk the list, x ticks, and ticks outlive a page', async ({ hub, page }) => {
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const first = hub.users.nth(0);
  const second = hub.users.nth(1);
  await page.keyboard.press('j');
  await expect(first.getByRole('link')).toBeFocused();
  await page.keyboard.press('x');
  await expect(tick(first)).toBeChecked();
  await expect(page.getByText('1 user selected').first()).toBeAttached();
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await expect(second.getByRole('link')).toBeFocused();
  await page.keyboard.press('k');
  await expect(first.getByRole('link')).toBeFocused();
  await expect(bar(page)).toContainText('2 users selected');
  await page.getByRole('link', { name: 'Next page' }).click();
  await expect(page).toHaveURL(/after=/);
  await expect(bar(page)).toContainText('2 users selected');
  await bar(page).getByRole('button', { name: 'Clear selection' }).press('Enter');
  await expect(bar(page)).toBeHidden();
});

test('those who are ticked are exported, and nobody else', async ({ hub, page }) => {
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const { row, id } = await hub.firstIn('Error');
  await tick(row).check();
  const download = page.waitForEvent('download');
  await bar(page).getByRole('button', { name: 'Export' }).click();
  const lines = (await readFile(await (await download).path(), 'utf8')).trim().split('\r\n');
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain(id);
});

test('on a phone and in the search, too', async ({ hub, page }) => {
  await page.setViewportSize({ width: 320, height: 700 });
  await page.goto('/hub/search?q=status%3Aerror');
  await expect(page.locator('body')).toHaveAttribute('data-hydrated', 'true');
  await page.getByRole('checkbox').first().check();
  await bar(page).getByRole('button', { name: 'Change Package Type' }).click();
  const dialog = hub.dialog('Change Package Type');
  await expect(dialog.getByRole('button', { name: 'Change Package Type' })).toHaveAttribute('aria-disabled', 'true');
  await dialog.getByRole('radio', { name: 'Premium' }).check();
  await expect(dialog).toContainText(/gets another package|left out/);
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
});
