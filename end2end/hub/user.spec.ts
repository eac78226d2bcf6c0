/** A user's page: understanding and repairing one user. */
import { expectAccessible } from '../accessible.ts';
import { expect, hydrated, test } from '../fixtures.ts';
import { mailTo } from '../mailbox.ts';
import { Portal } from '../portal.ts';

test.beforeEach(({ hub }) => hub.signIn());

test('from the list to the page: who it is, what is wrong, who can fix it and all that has happened', async ({ hub, page }) => {
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const { row, id } = await hub.firstIn('Error');
  await row.getByRole('link', { name: id }).click();
  await hub.at(id);
  await expect(page).toHaveURL(/\/hub\/users\/[0-9a-f-]{36}$/);
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  await expectAccessible(page);

  const status = page.getByRole('region', { name: 'Status' });
  await expect(status).toContainText(/Code \d+/);
  await expect(status).toContainText('Who can fix it');
  await expect(status).toContainText(/Tracking ID\s*NW_/);
  const details = page.getByRole('region', { name: 'Details' });
  await expect(details).toContainText(/Email address\s*\S+@\S+Confirmed by the user with the (link|code)/);
  await expect(details).toContainText(/Phone\s*\+\d+/);
  await expect(details.getByRole('link', { name: 'Aurora Dental Group' })).toBeVisible();

  const steps = page.getByRole('region', { name: 'History' }).getByRole('listitem');
  await expect(steps).toHaveCount(4);
  await expect(steps.first()).toContainText('The attempt failed');
  await expect(steps.first()).toContainText('Status: Provisioning → Error');
  await expect(steps.first()).toContainText(/Automatically · .*\d{4}, \d\d:\d\d (.* ago|last month)$/);
  await expect(steps.nth(2)).toContainText('Entered an email address');
  await expect(steps.last()).toContainText(/^Added.*Import/s);

  // On the way back the reader is where they left.
  await page.goBack();
  await hub.at('User Status');
  await expect(row.getByRole('link', { name: id })).toBeFocused();
});

test('Retry now, from the page to provisioned, without a reload', async ({ hub, page }) => {
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const { row, id } = await hub.firstIn('Error');
  await row.getByRole('link', { name: id }).click();
  await hub.at(id);
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
  const again = page.getByRole('button', { name: 'Retry now' });
  await again.focus();
  await page.keyboard.press('Enter');
  const head = page.getByRole('banner').or(page.locator('main header')).last();
  await expect(head.getByText('Provisioned', { exact: true })).toBeVisible();
  await expect(page.getByText(`${id}: Provisioned`)).toBeVisible();
  await expect(again).toHaveCount(0);
  const steps = page.getByRole('region', { name: 'History' }).getByRole('listitem');
  await expect(steps.first()).toContainText('Account created');
  await expect(steps.nth(1)).toContainText('Another attempt was asked for');
  // With the person's name.
  await expect(steps.nth(1)).toContainText('admin@example.com');
  expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
});

test('what is in the menu of the list is in that of the page: another address, another package, deletion', async ({ hub, page }) => {
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const { row, id } = await hub.firstIn('Email address pending');
  await row.getByRole('link', { name: id }).click();
  await hub.at(id);
  const main = page.locator('main');
  await hub.choose(main, 'Change Package Type');
  const packages = hub.dialog('Change Package Type');
  const other = (await packages.getByRole('radio', { name: 'Premium' }).isChecked()) ? 'Basic' : 'Premium';
  await packages.getByRole('radio', { name: other }).check();
  await packages.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('region', { name: 'Details' })).toContainText(`Package Type${other}`);

  await main.getByRole('button', { name: 'Retry Activation' }).click();
  await hub.dialog('Retry Activation').getByRole('textbox', { name: 'Email address' }).fill('vouched@home.example');
  await hub.dialog('Retry Activation').getByRole('button', { name: 'Onboard', exact: true }).click();
  const details = page.getByRole('region', { name: 'Details' });
  await expect(details).toContainText('Vouched for by an administrator (admin@example.com)');
  await expect(page.getByRole('region', { name: 'History' }).getByRole('listitem').first()).toContainText('Account created');

  await hub.choose(main, 'Delete User');
  await hub.dialog('Delete User').getByRole('button', { name: 'Delete User', exact: true }).click();
  await expect(page.getByText('This user has been deleted')).toBeVisible(hub.undone);
  await expect(main.getByRole('button', { name: /^Actions/ })).toHaveCount(0);
  await expectAccessible(page);
  // What is left by then.
  await page.reload();
  await hub.at('Deleted user');
  await expect(page.getByRole('region', { name: 'History' }).getByRole('listitem').first()).toContainText('Account removed');
  await expectAccessible(page);
});

test('the message is sent again, and what the user does meanwhile shows by itself', async ({ browser, demo, hub, page }) => {
  const [id] = demo.users('self-activating');
  const other = await browser.newPage({ baseURL: demo.url });
  const portal = new Portal(other, async (path) => {
    await other.goto(path);
    await hydrated(other);
  });
  await portal.open(demo.path('self-activation'));
  await portal.signIn(id, demo.told('user password'));
  await portal.enterAddress('slow.reader@home.example');
  const { code } = await mailTo(page, 'slow.reader@home.example');

  await hub.openUserStatus('Costa Verde Hotels', 'Hotel staff (self-activation)');
  await hub.user(id).getByRole('link', { name: id }).click();
  await hub.at(id);
  await expect(page.getByRole('region', { name: 'Status' })).toContainText('Sent; the user has not confirmed it yet');
  // It has just been sent: whoever asks for it has what they want.
  await page.getByRole('button', { name: 'Send the message again' }).click();
  await expect(page.getByText('is being sent again').first()).toBeVisible();
  const steps = page.getByRole('region', { name: 'History' }).getByRole('listitem');
  await expect(steps.first()).toContainText('Message with the link and the code sent');

  await portal.enterCode(code);
  await expect(steps.first()).toContainText('Account created');
  await expect(steps.nth(1)).toContainText('Confirmed the email address with the code');
  await expect(page.getByRole('button', { name: 'Send the message again' })).toHaveCount(0);
  await other.close();
});

test('it fits a phone, and a user who never was is not found', async ({ hub, page, visit }) => {
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const { row, id } = await hub.firstIn('Error');
  await row.getByRole('link', { name: id }).click();
  await hub.at(id);
  for (const width of [320, 390, 900]) {
    await page.setViewportSize({ width, height: 844 });
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    await expect.poll(overflow, `at ${width} px`).toBeLessThanOrEqual(0);
  }
  await visit('/hub/users/00000000-0000-0000-0000-000000000000');
  await hub.at('Nothing was found here');
});
