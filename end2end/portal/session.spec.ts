/** What somebody typed is kept when the session has ended in the meantime. */
import { expect, test } from '../fixtures.ts';

test('an address that came too late is offered again after signing in, to whoever typed it', async ({ context, demo, page, portal }) => {
  const [user, other] = demo.users('users');
  const field = page.getByRole('textbox', { name: 'Email address' });
  await portal.open(demo.path('share link'));
  await portal.signIn(user, demo.told('user password'));
  await portal.at('Enter your email address');
  await context.clearCookies();
  await portal.enterAddress('typed@home.example');
  await portal.at('Activate your account');
  await expect(portal.problem).toContainText('You are no longer signed in.');
  await expect(page.getByRole('textbox', { name: 'User ID of your phone service' })).toHaveValue('');
  await portal.signIn(user, 'wrong');
  await expect(portal.problem).toContainText('not right');

  await portal.signIn(other, demo.told('user password'));
  await portal.at('Enter your email address');
  await expect(field).toHaveValue('');
  await portal.press('Sign out');
  await portal.at('Activate your account');

  await portal.signIn(user, demo.told('user password'));
  await portal.at('Enter your email address');
  await expect(field).toHaveValue('typed@home.example');
  await portal.press('Sign out');
  await portal.at('Activate your account');

  await portal.signIn(user, demo.told('user password'));
  await portal.at('Enter your email address');
  await expect(field).toHaveValue('');
  await context.clearCookies();
  await portal.enterAddress('again@home.example');
  await portal.at('Activate your account');
  await portal.signIn(user, demo.told('user password'));
  await portal.at('Enter your email address');
  await expect(field).toHaveValue('again@home.example');
  await page.reload();
  await expect(field).toHaveValue('again@home.example');
  await portal.press('Continue');
  await portal.at('Check your email');
  await portal.press('Use a different address');
  await portal.at('Enter your email address');
  await expect(field).toHaveValue('again@home.example');
});

test('a code that came too late does not turn up as a user ID', async ({ context, demo, page, portal }) => {
  await portal.open(demo.path('share link'));
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('late@home.example');
  await portal.at('Check your email');
  // Nothing that becomes of the mail brings the page up to date before the code is sent.
  let sent = false;
  await page.route('**/api/portal/code*', (route) => ((sent = true), route.continue()));
  await page.route(`**${demo.path('share link')}`, (route) => (sent ? route.continue() : route.abort()));
  await context.clearCookies();
  await portal.enterCode('123456');
  await portal.at('Activate your account');
  await expect(page.getByRole('textbox', { name: 'User ID of your phone service' })).toHaveValue('');
});
