/** Trying again what fails again. */
import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';
import { mailTo } from '../mailbox.ts';

const FAILED = 'Your account could not be created';

test('says that it was tried again, when, how often, and whom to ask', async ({ demo, javaScriptEnabled, page, portal }) => {
  await portal.open(demo.path('share link'));
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('unlucky@nolicence.example');
  await portal.enterCode((await mailTo(page, 'unlucky@nolicence.example')).code);
  await portal.at(FAILED);
  await expect(page.getByText('No licence is left for this package.')).toBeVisible();
  await expect(page.getByText('Ask your administrator for help and give the code 41007.')).toBeVisible();
  await expect(page.getByText(/Tried again/)).toHaveCount(0);
  for (let tries = 2; tries <= 3; tries += 1) {
    await portal.press('Try again');
    await expect(portal.problem).toContainText(/Tried again at .*\d:\d\d.*, still not possible\./);
    await expect(portal.problem).toContainText(`Attempts so far: ${tries}.`);
    await portal.at(FAILED);
    await expect.poll(() => portal.focus()).toBe('H1');
  }
  if (javaScriptEnabled) {
    const { hour, minute } = await page.evaluate(() => ({ hour: new Date().getHours(), minute: new Date().getMinutes() }));
    const now = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
    const shown = await page.locator('.failed-again time').textContent();
    expect(Math.abs(minutes(shown ?? '') - minutes(now))).toBeLessThanOrEqual(1);
  }
  await expectAccessible(page);
  await portal.press('Use a different address');
  await portal.at('Enter your email address');
});

/** Of a day, whose end no test is made for. */
function minutes(time: string): number {
  const [hours, rest] = time.split(':').map(Number);
  return hours * 60 + rest;
}

test('the focus goes where the page goes on', async ({ demo, javaScriptEnabled, page, portal }) => {
  test.skip(!javaScriptEnabled, 'a new page begins at its top');
  const heading = page.getByRole('heading', { level: 1 });
  await portal.open(demo.path('share link'));
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.at('Enter your email address');
  await expect(heading).toBeFocused();
  await portal.enterAddress('focus@home.example');
  await portal.at('Check your email');
  await expect(heading).toBeFocused();
  await portal.press('Use a different address');
  await portal.at('Enter your email address');
  await expect(heading).toBeFocused();
  await portal.enterAddress('focus@home.example');
  await portal.enterCode((await mailTo(page, 'focus@home.example', 2)).code);
  await portal.expectProvisioned();
  await expect(heading).toBeFocused();
  await portal.press('Sign out');
  await portal.at('Activate your account');
  await expect(heading).toBeFocused();
});
