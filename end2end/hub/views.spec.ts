/** A filtered list is saved under a name, found again, and removed. */
import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';

test('a filtered list is saved, opened from another one, and removed', async ({ hub, page }) => {
  await hub.signIn();
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const menu = page.getByRole('button', { name: 'Saved views' });
  await expect(menu).toHaveCount(0);
  const field = page.getByRole('group').getByRole('searchbox');
  await field.fill('status:error');
  await field.press('Enter');
  await expect(page).toHaveURL(/filter=/);
  await menu.click();
  await page.getByRole('menuitem', { name: 'Save this view' }).click();
  const save = hub.dialog('Save this view');
  await expect(save.getByRole('textbox', { name: 'Name' })).toBeFocused();
  await save.getByRole('button', { name: 'Save' }).click();
  await expect(save.getByText('Enter a name for the view.')).toBeVisible();
  await expectAccessible(page);
  await save.getByRole('textbox', { name: 'Name' }).fill('Errors');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Errors is saved')).toBeVisible();
  const saved = page.url();

  await page.goto('/hub/search?q=ann');
  await menu.click();
  await expectAccessible(page);
  await page.getByRole('menuitem', { name: 'Errors' }).click();
  await hub.at('User Status');
  await expect(page).toHaveURL(saved);

  await menu.click();
  await page.getByRole('menuitem', { name: 'Remove views' }).click();
  const remove = hub.dialog('Remove views');
  await expectAccessible(page);
  await remove.getByRole('button', { name: 'Remove Errors' }).click();
  await expect(remove).toBeHidden();
  await menu.click();
  await expect(page.getByRole('menuitem', { name: 'Errors' })).toHaveCount(0);
});
