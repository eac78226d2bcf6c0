/** Whatever extensions and translators do to a page before the browser's half has come, the hub works: it makes the page anew. */
import { expect, test } from '../fixtures.ts';
import { changes, tamper } from '../tampering.ts';

test.use({ breaking: true });

for (const [name, change] of Object.entries(changes)) {
  test(name, async ({ hub, page }) => {
    await hub.signIn();
    await hub.openUserStatus('Aurora Dental Group', 'Office users');
    await tamper(page, change);
    await page.reload();
    await expect(page.locator('body')).toHaveAttribute('data-hydrated', 'true');
    const { row, id } = await hub.firstIn('Error');
    await hub.choose(row, 'Delete User');
    await expect(hub.dialog('Delete User')).toContainText(id);
    await hub.dialog('Delete User').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('link', { name: 'Office users', exact: true }).first().click();
    await hub.at('Office users');
    await page.goBack();
    await expect(hub.users.first()).toBeVisible();
  });
}
