import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';

test.beforeEach(({ hub }) => hub.signIn());

test('says what is wrong, is put right, and the portal opens', async ({ demo, hub, page, visit }) => {
  await hub.openTemplate('Aurora Dental Group', 'Legacy onboarding');
  const verdict = page.getByRole('status').filter({ hasText: 'Self-provisioning' });
  await expect(verdict).toContainText('Self-provisioning is not correctly configured');
  await expect(verdict).toContainText('Trusted Emails is selected');
  await expect(verdict).toContainText("The Share Link points to another address than this template's User Activation Portal.");
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

test('with Trusted Emails nothing is wrong, and the portal is closed', async ({ demo, hub, page, visit }) => {
  await hub.openTemplate('Aurora Dental Group', 'Office users');
  await page.getByRole('radio', { name: 'Trusted Emails', exact: true }).check();
  await page.getByRole('textbox', { name: 'Share Link' }).clear();
  const verdict = page.getByRole('status').filter({ hasText: 'Trusted Emails' });
  await expect(verdict).toContainText('Trusted Emails: users are provisioned without the portal');
  await expect(verdict).toContainText('select Untrusted Emails and let the Share Link point to');
  await expect(page.getByText('not correctly configured')).toHaveCount(0);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('User Verification saved')).toBeVisible();
  await page.getByRole('link', { name: 'Aurora Dental Group' }).click();
  await hub.at('Templates of Aurora Dental Group');
  const card = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: 'Office users', exact: true }) });
  await expect(card).toContainText('Users are provisioned without the portal');
  // Those who wait for an address are told apart: the portal takes none any more.
  await card.getByRole('link', { name: /^Show User Status/ }).click();
  await expect((await hub.firstIn('Email address pending')).row).toContainText('The portal is closed under this template.');
  await visit(demo.path('share link'));
  await hub.at('Activation is not possible right now');
});

test('what is not saved is not lost without a word', async ({ hub, page }) => {
  await hub.openTemplate('Aurora Dental Group', 'Office users');
  const link = page.getByRole('textbox', { name: 'Share Link' });
  await link.fill('https://typed.example/');
  const question = hub.dialog('Leave without saving?');
  const stay = async () => {
    await expect(question).toBeVisible();
    await question.getByRole('button', { name: 'Stay on this page' }).click();
    await expect(question).toBeHidden();
    await hub.at('Office users');
    await expect(link).toHaveValue('https://typed.example/');
  };
  await page.getByRole('link', { name: 'Show User Status' }).click();
  await expect(question).toBeVisible();
  await expectAccessible(page);
  await stay();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await stay();
  await page.evaluate(() => history.back());
  await stay();
  await expect(page).toHaveURL(/\/hub\/templates\//);
  const asked = page.waitForEvent('dialog');
  const reload = page.evaluate(() => location.reload());
  const dialog = await asked;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.dismiss();
  await reload;
  await expect(link).toHaveValue('https://typed.example/');
  // Another language is no other page.
  await hub.speak('Italiano');
  await expect(page.locator('html')).toHaveAttribute('lang', 'it');
  await expect(page.getByRole('textbox', { name: 'Link di condivisione' })).toHaveValue('https://typed.example/');
  await hub.speak('English');

  await page.evaluate(() => history.back());
  await question.getByRole('button', { name: 'Leave without saving' }).click();
  await hub.at('Templates of Aurora Dental Group');
  await page.getByRole('link', { name: 'Office users', exact: true }).click();
  await expect(link).toHaveValue(/\/activate\//);
  await page.getByRole('link', { name: 'Show User Status' }).click();
  await hub.at('User Status');
});

test('a signature that is too long is refused, and not cut as it is pasted', async ({ hub, page }) => {
  await hub.openTemplate('Aurora Dental Group', 'Office users');
  const signature = page.getByRole('textbox', { name: 'Signature' });
  const pasted = 'x'.repeat(101);
  await signature.fill(pasted);
  await expect(signature).toHaveValue(pasted);
  await expect(signature).toHaveAccessibleDescription(/The text is too long\. Shorten it\./);
  await page.getByRole('button', { name: 'Update messages' }).click();
  await expect(signature).toBeFocused();
  await expect(page.getByText('Messages to users saved')).toBeHidden();
  await signature.fill('x'.repeat(100));
  await page.getByRole('button', { name: 'Update messages' }).click();
  await expect(page.getByText('Messages to users saved')).toBeVisible();
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

test('a new share link: the one before says so, and the field has the new one', async ({ demo, hub, page, visit }) => {
  await hub.openTemplate('Aurora Dental Group', 'Office users');
  const field = page.getByRole('textbox', { name: 'Share Link' });
  const before = await field.inputValue();
  await page.getByRole('button', { name: 'New share link' }).click();
  const dialog = hub.dialog('Replace the share link?');
  await expect(dialog).toContainText('The link that you have sent to users stops working at once.');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Replace share link' }).click();
  await expect(page.getByText('The share link is replaced')).toBeVisible();
  await expect(field).not.toHaveValue(before);
  const after = await field.inputValue();
  // What was saved so is the version that the form goes on with.
  await page.getByRole('radio', { name: 'Untrusted Emails', exact: true }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('User Verification saved')).toBeVisible();
  await visit(demo.path('share link'));
  await hub.at('This link does not work');
  await expect(page.getByText('This activation link has been replaced by a new one.')).toBeVisible();
  await expectAccessible(page);
  await visit(after);
  await hub.at('Activate your account');
});
