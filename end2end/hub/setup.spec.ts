/** The first sign-in of an installation: by the link that its start prints. */
import { expectAccessible } from '../accessible.ts';
import { expect, test as base } from '../fixtures.ts';
import { Server } from '../server.ts';

/** A server that has just been installed stands where the demo stands in other tests. */
const test = base.extend({
  demo: async ({}, use) => {
    const server = await Server.install();
    await use(server);
    await server.stop();
    expect(server.panics, 'panics of the server').toEqual([]);
  },
});

const PASSWORD = 'seven slow ferries home';

test('the printed link makes the first administrator, once', async ({ demo, hub, page, visit }) => {
  const link = demo.setUpLink;
  await visit(link);
  await expectAccessible(page);
  await page.getByRole('textbox', { name: 'Email address' }).fill('first@partner.example');
  await page.getByLabel('Password', { exact: true }).fill('short');
  await page.locator('form').getByRole('button').last().click();
  await expect(page.getByRole('alert').filter({ hasText: /./ })).toBeVisible();
  await expectAccessible(page);
  await expect(page.getByRole('textbox', { name: 'Email address' })).toHaveValue('first@partner.example');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.locator('form').getByRole('button').last().click();
  await hub.at('Customer List');
  await expectAccessible(page);

  await page.context().clearCookies();
  await visit(link);
  await expect(page.getByRole('textbox', { name: 'Email address' })).toHaveCount(0);
  await expectAccessible(page);
  await visit('/hub');
  await hub.enter('first@partner.example', PASSWORD);
  await hub.at('Customer List');
});
