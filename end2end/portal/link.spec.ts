/** Links: the mailed one opened twice, and one with a slash too many. */
import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';
import { mailTo } from '../mailbox.ts';

test('a link that has done its work says so and leads on', async ({ demo, page, portal, visit }) => {
  await portal.open(demo.path('share link'));
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('twice@home.example');
  const { joinNow } = await mailTo(page, 'twice@home.example');
  await visit(joinNow);
  await portal.press('Join now');
  await portal.expectProvisioned();
  await visit(joinNow);
  await portal.at('Your address is already confirmed');
  await expect(page.getByText(/Code \d/)).toHaveCount(0);
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Continue' }).click();
  await portal.expectProvisioned();
});

test('a button that is pressed in two tabs leads on in both', async ({ demo, javaScriptEnabled, page, portal, visit }) => {
  await portal.open(demo.path('share link'));
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('tabs@home.example');
  const { joinNow } = await mailTo(page, 'tabs@home.example');
  await visit(joinNow);
  const other = await page.context().newPage();
  await other.goto(joinNow);
  if (javaScriptEnabled) await expect(other.locator('body')).toHaveAttribute('data-hydrated', 'true');
  await portal.press('Join now');
  await portal.expectProvisioned();
  await other.getByRole('button', { name: 'Join now' }).click();
  await expect(other.getByRole('heading', { level: 1, name: 'Your address is already confirmed' })).toBeVisible();
  await other.getByRole('link', { name: 'Continue' }).click();
  await expect(other.getByRole('heading', { level: 1, name: 'You are all set' })).toBeVisible();
});

test('a code that is confirmed in two tabs leads on in both', async ({ demo, page, portal }) => {
  await portal.open(demo.path('share link'));
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('twice@home.example');
  const { code } = await mailTo(page, 'twice@home.example');
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.getByRole('textbox', { name: 'Six-digit code' }).fill(code);
  // It is on its way for as long as the first tab takes.
  const held = new Promise<() => void>((resolve) => {
    void other.route('**/*', (route) => {
      const goOn = () => void route.continue();
      if (route.request().url().endsWith('/portal/code')) resolve(goOn);
      else goOn();
    });
  });
  await other.getByRole('button', { name: 'Confirm' }).click({ noWaitAfter: true });
  const goOn = await held;
  await portal.enterCode(code);
  await portal.expectProvisioned();
  goOn();
  await expect(other.getByRole('heading', { level: 1, name: 'You are all set' })).toBeVisible();
});

test('a link that a newer message has replaced says so', async ({ demo, page, portal, visit }) => {
  await portal.open(demo.path('share link'));
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('first@home.example');
  const { joinNow } = await mailTo(page, 'first@home.example');
  await portal.press('Use a different address');
  await portal.enterAddress('second@home.example');
  await portal.at('Check your email');
  await visit(joinNow);
  await portal.at('This link cannot be used');
  await expect(page.getByText('A newer message has replaced this link.')).toBeVisible();
  await expectAccessible(page);
});

test('a link that is too old says so before anything is asked, and a button has a new one sent', async ({ demo, page, portal, visit }) => {
  await portal.open(demo.path('share link'));
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('late@home.example');
  const { joinNow } = await mailTo(page, 'late@home.example');
  await demo.ageMessages(25);
  // On another device, where nobody is signed in.
  await page.context().clearCookies();
  await visit(joinNow);
  await portal.at('This link cannot be used');
  await expect(page.getByText('The link has expired.')).toBeVisible();
  await expectAccessible(page);
  await portal.press('Send a new message');
  await portal.at('Check your email');
  await expect(page.getByText('A new message is on its way.')).toBeVisible();
  await expectAccessible(page);
  await visit((await mailTo(page, 'late@home.example', 2)).joinNow);
  await portal.press('Join now');
  await portal.expectProvisioned();
});

test('a slash behind the link does not matter', async ({ demo, page, portal }) => {
  const answer = await page.goto(`${demo.path('share link')}/?lang=en`);
  await portal.at('Activate your account');
  expect(new URL(page.url()).pathname).toBe(demo.path('share link'));
  const redirect = await answer?.request().redirectedFrom()?.response();
  expect([308, 303, 302, 307]).toContain(redirect?.status());
});
