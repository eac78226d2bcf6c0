/** Very many deletions: they wait, that is said on every page, and they are decided on a page of their own. */
import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';

test.beforeEach(({ hub }) => hub.signIn());

test('more users than the threshold allows are not deleted before somebody says yes', async ({ hub, page }) => {
  const banner = page.getByText('Deletions wait for your approval');
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  await expect(banner).toHaveCount(0);
  await page.getByRole('checkbox', { name: 'Select all users on this page' }).check();
  const bar = page.getByRole('region', { name: 'Selected users' });
  await bar.getByRole('button', { name: 'Select all 120 that match' }).click();
  await bar.getByRole('button', { name: 'Delete Users' }).click();
  const dialog = hub.dialog('Delete Users');
  await dialog.getByRole('button', { name: 'Delete Users' }).click();
  await expect(dialog).toBeHidden();
  const strip = page.getByRole('region', { name: 'Jobs that you started' });
  await expect(strip).toContainText('Waits for approval');

  await page.getByRole('navigation', { name: 'Hub' }).getByRole('link', { name: 'Jobs' }).click();
  await hub.at('Jobs');
  await expect(banner).toBeVisible();
  await expect(page.getByText('120 users are to be deleted')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Look at them' }).click();
  await hub.at('Deletions that wait');
  await expect(banner).toHaveCount(0);
  const waiting = page.getByRole('table', { name: 'Deletions that wait' });
  await expect(waiting).toContainText('admin@example.com');
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Refuse all' }).click();
  const asked = hub.dialog('Refuse all');
  await expect(asked).toContainText('Nobody is deleted.');
  await expectAccessible(page);
  await asked.getByRole('button', { name: 'Refuse all' }).click();
  await expect(page.getByText('120 deletions are refused.')).toBeVisible();
  await expect(page.getByText('No deletion waits')).toBeVisible();

  await page.getByRole('spinbutton', { name: 'Threshold' }).fill('200');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('The threshold is saved.')).toBeVisible();
  await expect(page.getByText('Deletions beyond 200 users an hour')).toBeVisible();
});
