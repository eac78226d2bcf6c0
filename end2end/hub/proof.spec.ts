/** Whoever signed in a while ago proves once more who they are, and loses nothing of what was typed. */
import { type Page } from '@playwright/test';
import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';
import { ADMIN } from '../server.ts';

const BY_PASSWORD = JSON.stringify({ step: 'password', passkey: false });

/** The first call of this address is answered as to a session of an hour ago. */
async function aged(page: Page, address: string): Promise<void> {
  const body = JSON.stringify({ fault: 'proof_required', retry_after: null, tracking_id: null });
  await page.route(address, (route) => route.fulfill({ status: 403, contentType: 'application/json', body }), { times: 1 });
  await page.route('**/api/hub/proof-needed*', (route) => route.fulfill({ contentType: 'application/json', body: BY_PASSWORD }), { times: 1 });
}

test('a token is made once the password was entered, and what was typed is kept', async ({ hub, page }) => {
  await hub.signIn();
  await page.getByRole('navigation', { name: 'Hub' }).getByRole('link', { name: 'API tokens' }).click();
  await page.getByRole('button', { name: 'Create token' }).click();
  const form = hub.dialog('Create token');
  await form.getByRole('textbox', { name: 'Name' }).fill('CRM');
  await aged(page, '**/api/hub/create-token*');
  await form.getByRole('button', { name: 'Create token' }).click();
  const proof = hub.dialog('Confirm that it is you');
  await expect(proof.getByLabel('Password', { exact: true })).toBeFocused();
  await expectAccessible(page);

  // Whoever thinks better of it is where they were.
  await page.keyboard.press('Escape');
  await expect(proof).toBeHidden();
  await expect(form.getByRole('alert')).toContainText('44027');
  await expect(form.getByRole('textbox', { name: 'Name' })).toHaveValue('CRM');
  await expectAccessible(page);

  await aged(page, '**/api/hub/create-token*');
  await form.getByRole('button', { name: 'Create token' }).click();
  await proof.getByLabel('Password', { exact: true }).fill('not the password');
  await page.keyboard.press('Enter');
  await expect(proof.getByRole('alert')).toContainText('The current password is not right.');
  await expect(proof.getByLabel('Password', { exact: true })).toBeFocused();
  await proof.getByLabel('Password', { exact: true }).fill(ADMIN.password);
  await proof.getByRole('button', { name: 'Confirm' }).click();
  await expect(hub.dialog('Token created')).toBeVisible();
  await hub.dialog('Token created').getByRole('button', { name: 'I have copied it' }).click();
  await expect(page.getByRole('table', { name: 'API tokens' }).getByRole('row').filter({ hasText: 'CRM' })).toBeVisible();
});

test('a list is exported once the password was entered', async ({ hub, page }) => {
  await hub.signIn();
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  await page.route('**/api/hub/proof-needed*', (route) => route.fulfill({ contentType: 'application/json', body: BY_PASSWORD }), { times: 1 });
  await page.getByRole('link', { name: 'Export' }).click();
  const proof = hub.dialog('Confirm that it is you');
  await proof.getByLabel('Password', { exact: true }).fill(ADMIN.password);
  const download = page.waitForEvent('download');
  await proof.getByRole('button', { name: 'Confirm' }).click();
  expect((await download).suggestedFilename()).toBe('user-status.csv');
  await expect(proof).toBeHidden();
  await hub.at('User Status');
});
