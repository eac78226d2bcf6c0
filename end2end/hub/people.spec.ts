/** People: invited, with a role that the hub shows only what it may do, and kept out. */
import type { Browser } from '@playwright/test';
import { expectAccessible } from '../accessible.ts';
import { expect, hydrated, test } from '../fixtures.ts';
import { Hub } from '../hub.ts';
import type { Server } from '../server.ts';

const BEN = { email: 'ben@example.com', password: 'seven loud harbours' };

/** Somebody else's browser. */
async function elsewhere(browser: Browser, demo: Server) {
  const page = await (await browser.newContext({ baseURL: demo.url })).newPage();
  const visit = async (path: string) => {
    await page.goto(path);
    await hydrated(page);
  };
  return { page, visit, hub: new Hub(page, visit) };
}

test('somebody is invited to the help desk, sees only what that may do, and is kept out again', async ({ browser, demo, hub, page }) => {
  await hub.signIn();
  await page.getByRole('navigation', { name: 'Hub' }).getByRole('link', { name: 'People' }).click();
  await hub.at('People');
  await expectAccessible(page);
  const people = page.getByRole('table', { name: 'People' });
  await expect(people.getByRole('row')).toHaveCount(2);

  await page.getByRole('button', { name: 'Invite' }).click();
  const invite = hub.dialog('Invite');
  await expectAccessible(page);
  await invite.getByRole('textbox', { name: 'Email address' }).fill(BEN.email);
  await invite.getByRole('radio', { name: 'Help desk' }).check();
  await invite.getByRole('button', { name: 'Create invitation' }).click();
  const shown = hub.dialog('The link for them');
  const field = shown.getByRole('textbox', { name: 'Link' });
  await expect(field).toBeFocused();
  await expectAccessible(page);
  const link = new URL(await field.inputValue()).pathname;
  await page.keyboard.press('Escape');
  await expect(shown.getByRole('alert')).toContainText('Copy the link first');
  await shown.getByRole('button', { name: 'I have copied it' }).click();
  await expect(shown).toBeHidden();
  const row = people.getByRole('row').filter({ hasText: BEN.email });
  await hub.expectStatus(row, 'Invited');
  await hub.expectStatus(row, 'Help desk');

  const ben = await elsewhere(browser, demo);
  await ben.visit(link);
  await ben.hub.at('Choose your password');
  await expectAccessible(ben.page);
  await ben.page.getByLabel('Password', { exact: true }).fill(BEN.password);
  await ben.page.getByRole('button', { name: 'Sign in' }).click();
  await ben.hub.at('Customer List');
  await expect(ben.page.getByRole('link', { name: 'API tokens' })).toHaveCount(0);
  await expect(ben.page.getByRole('link', { name: 'People' })).toHaveCount(0);
  await ben.hub.openTemplate('Aurora Dental Group', 'Office users');
  await expect(ben.page.getByRole('button', { name: 'Save' })).toHaveCount(0);
  await expect(ben.page.getByRole('region', { name: 'User Verification' })).toContainText('Untrusted Emails');
  await expectAccessible(ben.page);
  await ben.page.getByRole('link', { name: 'Show User Status' }).click();
  await ben.hub.at('User Status');
  await expect(ben.hub.users.first()).toBeVisible();
  await expect(ben.page.getByRole('link', { name: 'Export' })).toHaveCount(0);
  await expect(ben.page.getByRole('link', { name: 'Import' })).toHaveCount(0);
  for (const refused of ['/hub/people', '/hub/tokens']) {
    await ben.page.goto(refused);
    await expect(ben.page.getByRole('alert')).toContainText('You do not have permission to do this.');
  }

  await hub.choose(row, 'Disable');
  await hub.dialog('Disable').getByRole('button', { name: 'Disable' }).click();
  await hub.expectStatus(row, 'Disabled');
  await ben.page.goto('/hub');
  await ben.hub.at('Sign in to the partner hub');
  await hub.choose(row, 'Remove');
  await expectAccessible(page);
  await hub.dialog('Remove').getByRole('button', { name: 'Remove' }).click();
  await expect(row).toHaveCount(0);
});

test('the last full administrator stays one, and customers are assigned by their ids', async ({ hub, page, visit }) => {
  await hub.signIn();
  await visit('/hub/people');
  const row = page.getByRole('table', { name: 'People' }).getByRole('row').filter({ hasText: 'admin@example.com' });
  await hub.choose(row, 'Change role');
  const change = hub.dialog('Change role');
  await change.getByRole('radio', { name: 'Read-only' }).check();
  await change.getByRole('radio', { name: 'Only these customers' }).check();
  await change.getByRole('textbox', { name: 'Enterprise IDs' }).fill('Northwind+nobody');
  await expectAccessible(page);
  await change.getByRole('button', { name: 'Save' }).click();
  await expect(change.getByRole('alert')).toContainText('does not exist');
  await change.getByRole('radio', { name: 'Every customer' }).check();
  await change.getByRole('button', { name: 'Save' }).click();
  await expect(change.getByRole('alert')).toContainText('Nobody else is a full administrator.');
});

test('a session that one does not know is ended on the account page', async ({ browser, demo, hub, page, visit }) => {
  await hub.signIn();
  const other = await elsewhere(browser, demo);
  await other.hub.signIn();
  await visit('/hub/account');
  const sessions = page.getByRole('table', { name: 'Where you are signed in' });
  await expect(sessions.getByRole('row')).toHaveCount(3);
  await expectAccessible(page);
  await sessions.getByRole('button', { name: 'End' }).click();
  await expect(sessions.getByRole('row')).toHaveCount(2);
  await other.page.goto('/hub');
  await other.hub.at('Sign in to the partner hub');
});
