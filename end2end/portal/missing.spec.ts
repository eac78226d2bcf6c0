/** What was left empty is named, and nothing else is blamed. */
import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';

test('an empty sign-in says which field is empty', async ({ demo, javaScriptEnabled, page, portal }) => {
  await portal.open(demo.path('share link'));
  const [user] = demo.users('users');
  const id = page.getByRole('textbox', { name: 'User ID of your phone service' });
  const password = page.getByLabel('Password', { exact: true });
  for (const [typed, secret, said, empty] of [
    ['', '', 'The user ID and the password are missing.', id],
    ['', 'secret', 'The user ID is missing.', id],
    [user, '', 'The password is missing.', password],
  ] as const) {
    await portal.signIn(typed, secret);
    await expect(portal.problem).toContainText(said);
    await expect(portal.problem).not.toContainText('not right');
    await expect(empty).toHaveAttribute('aria-invalid', 'true');
    await expect(empty).toHaveAccessibleDescription(new RegExp(said));
    if (javaScriptEnabled) await expect(empty).toBeFocused();
  }
  await expectAccessible(page);
  await portal.signIn(user, demo.told('user password'));
  await portal.at('Enter your email address');
});

test('an empty address, and addresses that no mail reaches', async ({ demo, javaScriptEnabled, page, portal }) => {
  await portal.open(demo.path('share link'));
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('');
  await expect(portal.problem).toContainText('The email address is missing.');
  for (const typed of ['ann@127.0.0.1', 'ann@[127.0.0.1]', 'ann@home', 'ann@home.example.1']) {
    await portal.enterAddress(typed);
    await expect(portal.problem).toContainText('This is not a complete email address.');
    await expect(page.getByRole('textbox', { name: 'Email address' })).toHaveValue(typed);
    if (javaScriptEnabled) await expect(page.getByRole('textbox', { name: 'Email address' })).toBeFocused();
  }
  await portal.enterAddress(' ｚｏｅ\u0301@CAFE\u0301.example.\u200b ');
  await portal.at('Check your email');
  await expect(page.getByText('zoé@café.example')).toBeVisible();
});
