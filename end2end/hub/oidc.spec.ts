/** Signing in by a real identity provider. */
import { expectAccessible } from '../accessible.ts';
import { expect, test as base } from '../fixtures.ts';
import { IdentityProvider } from '../identity_provider.ts';
import { Server } from '../server.ts';

/** A server that has just been installed, whose people sign in by the provider, stands where the demo stands in other tests. */
const test = base.extend<{ provider: IdentityProvider }>({
  provider: async ({}, use) => {
    const provider = await IdentityProvider.start();
    await use(provider);
    await provider.stop();
  },
  demo: async ({ provider }, use) => {
    const server = await Server.install(provider.settings);
    provider.serve(server);
    await use(server);
    await server.stop();
    expect(server.panics, 'panics of the server').toEqual([]);
  },
});

test('from the button to the first page, a proof, and out', async ({ context, demo, hub, page, provider, visit }) => {
  provider.roles.set('ann', ['others', 'admins']);
  await visit('/hub/tokens');
  await hub.at('Sign in to the partner hub');
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Sign in with Contoso' }).click();
  await provider.signIn(page, 'ann');
  await hub.at('API tokens');
  await expect(page).toHaveURL('/hub/tokens');
  await page.getByRole('link', { name: 'ann@contoso.example' }).click();
  await hub.at('Account');
  const identity = page.getByRole('region', { name: 'Signed in as' });
  await expect(identity).toContainText('Contoso');
  await expect(identity).toContainText('Full administrator');
  await expect(page.getByRole('region', { name: 'Change password' })).toHaveCount(0);
  await expectAccessible(page);
  await visit('/hub/people');
  await expect(page.getByRole('row').filter({ hasText: 'ann@contoso.example' })).toContainText('Sign-in service');
  await expectAccessible(page);

  await demo.ageSessions(16);
  await visit('/hub/tokens');
  await page.getByRole('button', { name: 'Create token' }).click();
  const form = hub.dialog('Create token');
  await form.getByLabel('Name').fill('script');
  await form.getByRole('button', { name: 'Create token' }).click();
  const proof = hub.dialog('Confirm that it is you');
  await expectAccessible(page);
  // Whoever has not been there is told.
  await proof.getByRole('button', { name: 'Continue' }).click();
  await expect(proof.getByRole('alert').filter({ hasText: /./ })).toBeVisible();
  const [tab] = await Promise.all([
    context.waitForEvent('page'),
    proof.getByRole('link', { name: 'Confirm in a new tab' }).click(),
  ]);
  // Signed in there, one is asked all the same.
  await provider.signIn(tab, 'ann');
  await expect(tab.getByRole('heading', { level: 1, name: 'Confirmed' })).toBeVisible();
  await expectAccessible(tab);
  await tab.close();
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await expect(proof).toHaveCount(0);
  // What was asked before is done now, as it was typed.
  await hub.dialog('Token created').getByRole('button', { name: 'I have copied it' }).click();
  await expect(page.getByRole('table', { name: 'API tokens' })).toContainText('script');

  await visit('/hub/account');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await hub.at('Sign in to the partner hub');
  await visit('/hub');
  await hub.at('Sign in to the partner hub');
});

test('whoever has no role there is told so, and what to do', async ({ hub, page, provider, visit }) => {
  await visit('/hub');
  await page.getByRole('link', { name: 'Sign in with Contoso' }).click();
  await provider.signIn(page, 'eve');
  await hub.at('Sign in to the partner hub');
  await expect(page.getByRole('alert').filter({ hasText: '44035' })).toContainText('has no role in this hub');
  await expectAccessible(page);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('one signs in all the same', async ({ hub, page, provider, visit }) => {
    provider.roles.set('dora', ['desk']);
    await visit('/hub');
    await page.getByRole('link', { name: 'Sign in with Contoso' }).click();
    await provider.signIn(page, 'dora');
    await hub.at('Customer List');
    await expect(page.getByRole('link', { name: 'dora@contoso.example' })).toBeVisible();
  });
});
