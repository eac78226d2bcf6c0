import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';
import { ADMIN } from '../server.ts';

const REFUSED = 'The email address or the password is not right.';

test('signing in leads to where one wanted to go, signing out ends it', async ({ hub, page, visit }) => {
  await visit('/hub/customers');
  await hub.at('Sign in to the partner hub');
  await expectAccessible(page);
  await hub.enter(ADMIN.email, ADMIN.password);
  await hub.at('Customer List');
  await expect(page).toHaveURL('/hub/customers');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await hub.at('Sign in to the partner hub');
  await visit('/hub');
  await hub.at('Sign in to the partner hub');
});

test('an unknown address and a wrong password get the same words', async ({ hub, page, visit }) => {
  await visit('/hub/sign-in');
  for (const email of [ADMIN.email, 'nobody@example.com']) {
    await hub.enter(email, 'not the password');
    await expect(page.getByRole('alert')).toContainText(REFUSED);
    await expect(page.getByRole('textbox', { name: 'Email address' })).toHaveValue(email);
  }
  await expectAccessible(page);
});

test('after eight wrong passwords not even the right one is looked at', async ({ hub, page, visit }) => {
  await visit('/hub/sign-in');
  for (let tries = 0; tries < 8; tries += 1) {
    const answer = page.waitForResponse('**/api/hub/sign-in*');
    await hub.enter(ADMIN.email, `wrong ${tries}`);
    await answer;
    await expect(page.getByRole('alert')).toContainText(REFUSED);
    await expect(page.getByRole('button', { name: 'Sign in' })).not.toHaveAttribute('aria-busy', 'true');
  }
  await hub.enter(ADMIN.email, ADMIN.password);
  await expect(page.getByRole('alert')).toContainText('There were too many attempts.');
  await expect(page.getByRole('alert')).toContainText(/You can try again in \d+ minutes?/);
});

test('another partner sees nothing of this one', async ({ demo, hub, page, visit }) => {
  await hub.signIn();
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const foreign = new URL(page.url());
  await page.getByRole('button', { name: 'Sign out' }).click();
  await hub.at('Sign in to the partner hub');

  const told = await demo.command('admin', 'add', 'other@example.com', '--partner', 'Southwind');
  const password = /^password\s+(\S+)$/m.exec(told)?.[1] ?? '';
  await hub.signIn({ email: 'other@example.com', password });
  await expect(page.getByText('No customers yet')).toBeVisible();
  await expectAccessible(page);
  const users = foreign.pathname;
  for (const path of [users, users.replace(/\/users$/, '')]) {
    await visit(path);
    await expect(page.getByText('What you asked for does not exist, or you have no access to it.')).toBeVisible();
  }
  const csv = await page.request.get(`${users}.csv`);
  expect(csv.status()).toBe(404);
});
