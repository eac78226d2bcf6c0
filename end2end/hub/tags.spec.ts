/** Tags: words by which a partner sorts its customers. */
import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';

test.beforeEach(({ hub }) => hub.signIn());

test('a customer gets tags on its page, and each leads to all that have it', async ({ hub, page }) => {
  const aurora = page.getByRole('row').filter({ hasText: 'Aurora Dental Group' });
  await aurora.getByRole('link', { name: 'View Templates' }).click();
  await hub.at('Aurora Dental Group');
  await page.getByRole('button', { name: 'Edit tags' }).click();
  const dialog = hub.dialog('Edit tags');
  const field = dialog.getByRole('textbox', { name: 'Tags' });
  await expect(field).toBeFocused();
  await field.fill('gold a:b');
  await field.press('Enter');
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(dialog).toContainText('Enter at most 10 words');
  await expect(field).toHaveValue('gold a:b');
  await expectAccessible(page);
  await field.fill('VIP, gold');
  await field.press('Enter');
  await expect(dialog).toBeHidden();
  const tags = page.getByRole('list', { name: 'Tags' });
  await expect(tags.getByRole('link')).toHaveText(['gold', 'vip']);
  await expectAccessible(page);
  await page.reload();
  await tags.getByRole('link', { name: 'vip' }).click();

  await hub.at('Customer List');
  await expect(page).toHaveURL(/\/hub\/customers\?filter=tag/);
  const filter = page.getByRole('searchbox', { name: 'Filter customers' });
  await expect(filter).toHaveValue('tag:vip');
  const rows = page.getByRole('table', { name: 'Customer List' }).getByRole('row');
  await expect(rows).toHaveCount(2);
  await expect(rows.last()).toContainText('Aurora Dental Group');
  await expectAccessible(page);
  await filter.fill('silver');
  await filter.press('Enter');
  await expect(page.getByText('No customer matches')).toBeVisible();
  await filter.fill('name:aurora');
  await filter.press('Enter');
  await expect(page.getByRole('alert')).toContainText('tag');
  await expect(filter).toHaveValue('name:aurora');
  await filter.fill('');
  await filter.press('Enter');
  await expect(rows.filter({ hasText: 'Aurora Dental Group' })).toContainText('gold');
});
