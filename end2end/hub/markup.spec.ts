/** What outsiders write is text to the browser of whoever looks at it. */
import { expect, test } from '../fixtures.ts';

/** As a title it would send the browser away, which no policy for contents forbids. */
const HOSTILE = '</title><meta http-equiv="refresh" content="0;url=/demo/mailbox"><title>';

test('a name that ends a title and begins something else is a title like any other', async ({ demo, hub, page, visit }) => {
  const token = (await demo.command('token', 'add')).trim();
  const [provisioningId] = (await demo.command('template', 'list')).split(/\s+/);
  const added = await page.request.post('/v1/broadworks/subscribers', {
    headers: { authorization: `Bearer ${token}` },
    data: { provisioningId, userId: 'eve@sp.example', spEnterpriseId: HOSTILE, firstName: HOSTILE, lastName: 'Lee', package: 'basic' },
  });
  expect(added.status(), await added.text()).toBe(200);
  await hub.signIn();
  const row = page.getByRole('row').filter({ hasText: HOSTILE });
  const customer = await row.getByRole('link', { name: 'View Templates' }).getAttribute('href');
  await row.getByRole('link', { name: 'View Templates' }).click();
  await page.getByRole('link', { name: 'Show User Status' }).click();
  const user = await hub.user('eve@sp.example').getByRole('link').first().getAttribute('href');
  // Each page as the server writes it, and once more as the browser's half does.
  for (const path of [customer, user]) {
    await visit(path ?? '');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    expect(new URL(page.url()).pathname).toBe(path);
    await expect(page.locator('meta[http-equiv=refresh]')).toHaveCount(0);
    await expect(page.getByText(HOSTILE).first()).toBeVisible();
  }
  await visit(customer ?? '');
  expect(await page.title()).toContain(HOSTILE);
});
