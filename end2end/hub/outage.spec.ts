/** A target that is down for everybody, as an administrator sees it. */
import { expect, test } from '../fixtures.ts';

test('while a target is down the hub says so once, nobody ends in error, and all go on by themselves', async ({
  browser,
  context,
  demo,
  hub,
  page,
}) => {
  await hub.signIn();
  await hub.openUserStatus('Aurora Dental Group', 'Legacy onboarding');
  const token = (await demo.command('token', 'add')).trim();
  const provisioningId = /^(\S+) +Legacy onboarding/m.exec(await demo.command('template', 'list'))?.[1];
  const add = (name: string) =>
    page.request.post('/v1/broadworks/subscribers', {
      headers: { authorization: `Bearer ${token}` },
      data: {
        provisioningId,
        userId: `${name}@sp.example`,
        spEnterpriseId: 'Northwind+aurora',
        firstName: name,
        lastName: 'Lee',
        package: 'basic',
        email: `${name}@down.example`,
      },
    });
  // The demo's target fails each of these three times: whoever fails alone is in error then.
  for (const added of await Promise.all(['one', 'two'].map(add))) expect(added.status(), await added.text()).toBe(200);
  // The page as the server writes it, again and again.
  const storageState = await context.storageState();
  const written = await browser.newPage({ baseURL: demo.url, javaScriptEnabled: false, storageState });
  const banner = written.getByRole('status').filter({ hasText: 'Accounts cannot be created or changed' });
  await expect(async () => {
    await written.goto(page.url());
    await expect(banner).toContainText('2 changes are waiting and go on by themselves.', { timeout: 1 });
  }).toPass();
  await expect(banner).toContainText('The service that creates accounts cannot be reached.');
  for (const user of ['one', 'two']) await hub.expectStatus(hub.user(`${user}@sp.example`), 'Provisioned');
  await written.reload();
  await expect(written.getByRole('table', { name: 'User Status' })).toBeVisible();
  await expect(banner).toHaveCount(0);
  await written.close();
});
