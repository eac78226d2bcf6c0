/** What a template allows: self-activation, and Provision Admin First. */
import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';
import { mailTo } from '../mailbox.ts';
import { Portal } from '../portal.ts';

test('self-activation: a user whom nobody announced is created on the spot', async ({ demo, page, portal }) => {
  await portal.open(demo.path('self-activation'));
  await portal.signIn(demo.users('self-activating')[0], demo.told('user password'));
  await portal.enterAddress('new.colleague@home.example');
  await portal.enterCode((await mailTo(page, 'new.colleague@home.example')).code);
  await portal.expectProvisioned();
});

test('without self-activation that user is not let in', async ({ demo, portal }) => {
  await portal.open(demo.path('share link'));
  await portal.signIn(demo.users('self-activating')[0], demo.told('user password'));
  await expect(portal.problem).toContainText('You have not been added to this service.');
  await expect(portal.problem).toContainText('Ask your administrator to add you');
});

test('Provision Admin First: others are held back, are told so, and go on by themselves', async ({
  browser,
  demo,
  javaScriptEnabled,
  page,
  portal,
}) => {
  const link = demo.path('admin first');
  await portal.open(link);
  await portal.signIn(demo.users('held back')[0], demo.told('user password'));
  await expect(page.getByText("Your company's administrator has to be activated first")).toBeVisible();
  await expect(page.getByText(/^Company: .+/)).toBeVisible();
  await expectAccessible(page);
  await portal.enterAddress('held@home.example');
  await portal.enterCode((await mailTo(page, 'held@home.example')).code);
  await portal.at('Waiting for your administrator');
  await expectAccessible(page);

  const other = await browser.newPage({ baseURL: demo.url, javaScriptEnabled });
  const administrator = new Portal(other, async (path) => {
    await other.goto(path);
    if (javaScriptEnabled) await expect(other.locator('body')).toHaveAttribute('data-hydrated', 'true');
  });
  await administrator.open(link);
  await administrator.signIn(demo.told('admin'), demo.told('user password'));
  await administrator.enterAddress('boss@home.example');
  await administrator.enterCode((await mailTo(page, 'boss@home.example')).code);
  await administrator.expectProvisioned();
  await other.close();

  // Nobody touches the page that waits.
  await portal.expectProvisioned();
});
