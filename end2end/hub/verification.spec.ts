import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';

test.beforeEach(({ hub }) => hub.signIn());

test('says what is wrong, is put right, and the portal opens', async ({ demo, hub, page, visit }) => {
  await hub.openTemplate('Aurora Dental Group', 'Legacy onboarding');
  const verdict = page.getByRole('status').filter({ hasText: 'Self-provisioning' });
  await expect(verdict).toContainText('Self-provisioning is not correctly configured');
  await expect(verdict).toContainText('Trusted Emails is selected');
  await expect(verdict).toContainText("The Share Link points to another address than this template's activation portal.");
  await expectAccessible(page);

  await page.getByRole('radio', { name: 'Untrusted Emails' }).check();
  await expect(verdict).not.toContainText('Trusted Emails is selected');
  await page.getByRole('textbox', { name: 'Share Link' }).fill('not a link');
  await expect(verdict).toContainText('The Share Link is not a web address.');
  await page.getByRole('textbox', { name: 'Share Link' }).clear();
  await expect(verdict).toContainText('The Share Link field is empty.');
  await page.getByRole('button', { name: "Use this template's activation link" }).click();
  await expect(verdict).toContainText('Self-provisioning is correctly configured');
  await expect(page.getByText('Not saved yet')).toBeVisible();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('User Verification saved')).toBeVisible();
  await expectAccessible(page);

  await visit(page.url());
  await expect(verdict).toContainText('Self-provisioning is correctly configured');
  await expect(page.getByRole('textbox', { name: 'Share Link' })).toHaveValue(demo.told('misconfigured'));
  await visit(demo.path('misconfigured'));
  await hub.at('Activate your account');
});

test('the other way round closes the portal', async ({ demo, hub, page, visit }) => {
  await hub.openTemplate('Aurora Dental Group', 'Office users');
  await page.getByRole('radio', { name: 'Trusted Emails', exact: true }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('User Verification saved')).toBeVisible();
  await visit(demo.path('share link'));
  await hub.at('Activation is not possible right now');
});

test('whoever saves second is told that somebody was faster', async ({ context, hub, page }) => {
  await hub.openTemplate('Aurora Dental Group', 'Office users');
  const second = await context.newPage();
  await second.goto(page.url());
  await expect(second.locator('body')).toHaveAttribute('data-hydrated', 'true');
  for (const [tab, told] of [
    [second, 'User Verification saved'],
    [page, 'Somebody else changed this in the meantime.'],
  ] as const) {
    await tab.getByRole('radio', { name: 'Trusted Emails', exact: true }).check();
    await tab.getByRole('button', { name: 'Save' }).click();
    await expect(tab.getByText(told)).toBeVisible();
  }
});
