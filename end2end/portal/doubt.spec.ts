/** An address that looks wrong is asked about: its user knows best. */
import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';

test('an address that looks wrong is asked about, and taken all the same', async ({ demo, page, portal }) => {
  await portal.open(demo.path('share link'));
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('ann@gmial.com');
  await expect(portal.problem).toContainText('Is this address right?');
  await expect(portal.problem).toContainText('Did you mean ann@gmail.com?');
  await expect(page.getByRole('textbox', { name: 'Email address' })).toHaveValue('ann@gmial.com');
  await expectAccessible(page);
  await portal.enterAddress('ann@home.invalid');
  await expect(portal.problem).toContainText('The domain home.invalid does not seem to receive email.');
  await portal.enterAddress('support@home.example');
  await expect(portal.problem).toContainText('An address such as support@home.example is usually read by several people.');
  await portal.press('Use it anyway');
  await portal.at('Check your email');
  await expect(page.locator('#mail')).toContainText('support@home.example');
  await expect(page.getByText(/^The sender is .+ <.+@.+>\.$/)).toBeVisible();
});

test('the address that was meant is one press away', async ({ demo, page, portal }) => {
  await portal.open(demo.path('share link'));
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('ann@gmial.com');
  await portal.press('Use ann@gmail.com');
  await portal.at('Check your email');
  await expect(page.locator('#mail')).toContainText('ann@gmail.com');
});

test('whoever is sure is sure of what stands in the field', async ({ demo, page, portal }) => {
  await portal.open(demo.path('share link'));
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('ann@gmial.com');
  await expect(portal.problem).toContainText('Is this address right?');
  await page.getByRole('textbox', { name: 'Email address' }).fill('info@home.example');
  await portal.press('Use it anyway');
  await portal.at('Check your email');
  await expect(page.locator('#mail')).toContainText('info@home.example');
});
