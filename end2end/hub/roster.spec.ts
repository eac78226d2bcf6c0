/** The customer's own administrator: invited, pastes addresses, has activation mails sent, and sees who has activated. */
import type { Locator } from '@playwright/test';
import { expectAccessible } from '../accessible.ts';
import { expect, hydrated, test } from '../fixtures.ts';
import { Hub } from '../hub.ts';
import { mailTo } from '../mailbox.ts';

const IT = { email: 'it@auroradental.example', password: 'seven loud harbours' };
const WAITING = `/hub?filter=${encodeURIComponent('status:pending_email_input')}`;

/** As if that had been copied from a spreadsheet. */
async function paste(field: Locator, text: string): Promise<void> {
  await field.evaluate((element, pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text', pasted);
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

test('the customer’s IT person is invited, pastes addresses, and a user activates with one', async ({ browser, demo, hub, page }) => {
  await hub.signIn();
  await page.goto('/hub/people');
  await hydrated(page);
  await page.getByRole('button', { name: 'Invite' }).click();
  const invite = hub.dialog('Invite');
  await invite.getByRole('textbox', { name: 'Email address' }).fill(IT.email);
  await invite.getByRole('radio', { name: 'Customer administrator' }).check();
  await expect(invite.getByRole('radio', { name: 'Every customer' })).toBeHidden();
  await invite.getByRole('textbox', { name: 'Enterprise IDs' }).fill('Northwind+aurora');
  await expectAccessible(page);
  await invite.getByRole('button', { name: 'Create invitation' }).click();
  const link = new URL(await hub.dialog('The link for them').getByRole('textbox', { name: 'Link' }).inputValue()).pathname;
  await hub.dialog('The link for them').getByRole('button', { name: 'I have copied it' }).click();

  const it = await (await browser.newContext({ baseURL: demo.url })).newPage();
  const visit = async (path: string) => {
    await it.goto(path);
    await hydrated(it);
  };
  const theirs = new Hub(it, visit);
  await visit(link);
  await it.getByLabel('Password', { exact: true }).fill(IT.password);
  await it.getByRole('button', { name: 'Sign in' }).click();
  await theirs.at('People of Aurora Dental Group');
  await expect(it.getByRole('navigation', { name: 'Hub' }).getByRole('link')).toHaveText(['Your people']);
  await expectAccessible(it);

  await visit(WAITING);
  await theirs.at('People of Aurora Dental Group');
  const people = it.getByRole('table', { name: 'Your people' });
  const fields = people.getByRole('textbox', { name: /^Email address of/ });
  await expect(fields.first()).toBeEnabled();
  await paste(fields.first(), 'first@auroradental.example\r\nsecond at auroradental\r\n');
  const said = it.getByRole('status').filter({ hasText: 'Addresses filled in: 2.' });
  await expect(said).toBeVisible();
  await expect(fields.nth(1)).toHaveAttribute('aria-invalid', 'true');
  await expectAccessible(it);
  // By keyboard from one field to the next.
  await fields.first().focus();
  await it.keyboard.press('ArrowDown');
  await expect(fields.nth(1)).toBeFocused();

  const first = people.getByRole('row').filter({ has: it.getByRole('cell') }).first();
  await it.getByRole('textbox', { name: 'Your own words' }).fill('Please do it until Friday. <b>Thanks</b>');
  await it.getByRole('button', { name: 'Send activation mail' }).click();
  await expect(it.getByText('Activation mails on their way: 1.')).toBeVisible();
  await expect(fields.nth(1)).toHaveValue('second at auroradental');
  await expect(fields.nth(1)).toBeFocused();

  const { joinNow } = await mailTo(page, 'first@auroradental.example');
  await page.goto(joinNow);
  await page.getByRole('button', { name: 'Join now' }).click();
  // Without a reload.
  await expect(first.getByText('Provisioned', { exact: true })).toBeVisible();
  await expect(first.getByRole('textbox')).toHaveCount(0);

  for (const refused of ['/hub/overview', '/hub/customers', '/hub/people', '/hub/jobs']) {
    await it.goto(refused);
    await expect(it.getByRole('alert')).toContainText('You do not have permission to do this.');
  }
});
