/** Finding a user from any page, and lists filtered in words. */
import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';

test.beforeEach(({ hub }) => hub.signIn());

test('a user is found from any page by a part of what is known, and one click away', async ({ hub, page }) => {
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const { id } = await hub.firstIn('Error');
  const part = id.slice(1, -2).toUpperCase();
  const field = page.getByRole('searchbox', { name: 'Find a user' });
  await page.keyboard.press('/');
  await expect(field).toBeFocused();
  await field.fill(part);
  await page.evaluate(() => document.body.setAttribute('data-kept', ''));
  await field.press('Enter');
  await hub.at('Search');
  // Looking for somebody loads nothing anew: what is read out and who waits for it stay.
  await expect(page.locator('body')).toHaveAttribute('data-kept');
  await expect(page.getByRole('heading', { name: 'Search' })).toBeFocused();
  const row = page.getByRole('row').filter({ hasText: id });
  await expect(row).toContainText('Aurora Dental Group');
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectAccessible(page);
  await row.getByRole('link', { name: id }).click();
  await expect(page).toHaveURL(/\/hub\/users\//);
  await hub.at(id);
});

test('a list is filtered by its numbers and in words, and what is misspelt is named with what was meant', async ({ hub, page }) => {
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  await page.getByRole('switch', { name: 'Exclude Provisioned Users' }).click();
  await page.getByRole('navigation', { name: 'Users by status' }).getByRole('link', { name: 'Error' }).click();
  await expect(page).toHaveURL(/filter=status/);
  const tiles = page.getByRole('navigation', { name: 'Users by status' });
  await expect(tiles.locator('[aria-current]')).toHaveText(['Error']);
  await expect(page.getByRole('cell', { name: 'Provisioned', exact: true })).toHaveCount(0);
  await expect(hub.users.first()).toContainText('Error');
  const field = page.getByRole('searchbox', { name: 'Filter users' });
  await field.fill('statsu:error');
  await field.press('Enter');
  await expect(page.getByRole('alert')).toContainText('There is no filter “statsu”. Did you mean: status?');
  await expect(field).toHaveValue('statsu:error');
  await expectAccessible(page);
  await field.fill('status:provisioned package:standard');
  await field.press('Enter');
  await expect(page.getByRole('cell', { name: 'Error', exact: true })).toHaveCount(0);
});
