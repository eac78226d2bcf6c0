/** Each error says what happened and what to do, keeps what was typed, and can be got over. */
import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';
import { mailTo } from '../mailbox.ts';

/** An activated user of the demo has it: demo/people.rs, number 13. */
const TAKEN = 'amelia.fisher@mail.example';
/** So does number 133, of another customer. */
const ELSEWHERE = 'charlotte.thornton@mail.example';

test('bad credentials: the same words whether the user exists or not', async ({ demo, javaScriptEnabled, page, portal }) => {
  await portal.open(demo.path('share link'));
  for (const user of [demo.users('users')[0], 'nobody@northwind.example']) {
    await portal.signIn(user, 'wrong');
    await expect(portal.problem).toContainText('The user ID or the password is not right.');
    await expect(portal.problem).toContainText('Check both and try again.');
    await expect(page.getByRole('textbox', { name: 'User ID of your phone service' })).toHaveValue(user);
    await expect(page.getByLabel('Password', { exact: true })).toBeFocused();
    // The server never sends a password back.
    if (!javaScriptEnabled) await expect(page.getByLabel('Password', { exact: true })).toHaveValue('');
  }
  await expectAccessible(page);
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.at('Enter your email address');
});

test('an address that is none is kept to be fixed', async ({ demo, page, portal }) => {
  await portal.open(demo.path('share link'));
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('first.user@home');
  await expect(portal.problem).toContainText('This is not a complete email address.');
  await expect(page.getByRole('textbox', { name: 'Email address' })).toHaveValue('first.user@home');
  await expectAccessible(page);
  await portal.enterAddress('first.user@home.example');
  await portal.at('Check your email');
});

test('an address in use: the user learns it only by proving it, then enters another', async ({ demo, page, portal }) => {
  await portal.open(demo.path('share link'));
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress(TAKEN);
  await portal.at('Check your email');
  await portal.enterCode((await mailTo(page, TAKEN)).code);
  await portal.at('Your account could not be created');
  await expect(page.getByText('The email address already belongs to another account.')).toBeVisible();
  await expectAccessible(page);
  await portal.press('Try again');
  await portal.at('Your account could not be created');
  await portal.press('Use a different address');
  await portal.enterAddress('free@home.example');
  await portal.enterCode((await mailTo(page, 'free@home.example')).code);
  await portal.expectProvisioned();
});

test('an address that another company has: the user learns whose it is by proving it', async ({ demo, page, portal }) => {
  await portal.open(demo.path('share link'));
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress(ELSEWHERE);
  await portal.at('Check your email');
  await portal.enterCode((await mailTo(page, ELSEWHERE)).code);
  await portal.at('Your account could not be created');
  await expect(page.getByText('The email address belongs to an account at another company.')).toBeVisible();
  await expect(page.getByText("first ask the other company's administrator to remove the account there")).toBeVisible();
  await expectAccessible(page);
  await portal.press('Try again');
  await portal.at('Your account could not be created');
  await portal.press('Use a different address');
  await portal.enterAddress('mine@home.example');
  await portal.enterCode((await mailTo(page, 'mine@home.example')).code);
  await portal.expectProvisioned();
});

test('an account that is there already waits for its owner’s consent, and another address is a way on', async ({ demo, page, portal }) => {
  await portal.open(demo.path('share link'));
  await portal.signIn(demo.users('asked for consent')[0], demo.told('user password'));
  await portal.at('Your consent is needed');
  await expectAccessible(page);
  await portal.press('Use a different address');
  await portal.at('Enter your email address');
});

test('a wrong code can be corrected', async ({ demo, page, portal }) => {
  await portal.open(demo.path('share link'));
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('typo@home.example');
  const { code } = await mailTo(page, 'typo@home.example');
  await portal.enterCode(code === '000000' ? '000001' : '000000');
  await expect(portal.problem).toContainText('The code is not right.');
  await expectAccessible(page);
  await portal.enterCode(code);
  await portal.expectProvisioned();
});

test('after five wrong codes not even the right one counts, but a new message does', async ({ demo, javaScriptEnabled, page, portal }) => {
  await portal.open(demo.path('share link'));
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('guesser@home.example');
  const { code } = await mailTo(page, 'guesser@home.example');
  // From here on nothing moves under the pointer.
  if (javaScriptEnabled) await expect(page.getByText('We sent a message')).toBeVisible();
  const wrong = code === '000000' ? '000001' : '000000';
  for (let tries = 0; tries < 5; tries += 1) {
    // What the last try was told is still there: only the answer tells that this one counted.
    const answered = page.waitForResponse((answer) => answer.request().method() === 'POST');
    await portal.enterCode(wrong);
    await answered;
    await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
    await expect(portal.problem).toContainText(/code/);
  }
  await portal.enterCode(code);
  await expect(portal.problem).toContainText(/code/);
  await portal.press('Use a different address');
  await portal.enterAddress('guesser@home.example');
  await portal.enterCode((await mailTo(page, 'guesser@home.example', 2)).code);
  await portal.expectProvisioned();
});

test('another address makes the first message worthless', async ({ demo, page, portal, visit }) => {
  await portal.open(demo.path('share link'));
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('old@home.example');
  const { joinNow } = await mailTo(page, 'old@home.example');
  await portal.press('Use a different address');
  await portal.enterAddress('new@home.example');
  await portal.at('Check your email');
  await visit(joinNow);
  await portal.at('This link cannot be used');
});

test('a target that is down: Try again really retries', async ({ demo, page, portal }) => {
  await portal.open(demo.path('share link'));
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('patient@down.example');
  await portal.enterCode((await mailTo(page, 'patient@down.example')).code);
  await expect(page.getByRole('heading', { name: 'Your account could not be created' })).toBeVisible({ timeout: 40_000 });
  await expect(page.getByText('The service that creates accounts cannot be reached.')).toBeVisible();
  await expectAccessible(page);
  await portal.press('Try again');
  await portal.expectProvisioned();
});

test('a template that is set up wrongly lets nobody in and says who can fix it', async ({ demo, page, portal, visit }) => {
  await visit(demo.path('misconfigured'));
  await portal.at('Activation is not possible right now');
  await expect(page.getByText('Activation is not set up correctly by your provider.')).toBeVisible();
  await expect(page.getByText(/Ask your administrator/)).toBeVisible();
  await expectAccessible(page);
  await portal.press('Try again');
  await portal.at('Activation is not possible right now');
});

test('a link that does not exist', async ({ page, portal, visit }) => {
  await visit('/activate/there-is-no-such-link');
  await portal.at('This link does not work');
  await expect(page.getByText('This activation link does not exist.')).toBeVisible();
  await expectAccessible(page);
});
