/** What a page does better where JavaScript runs. */
import { expect, test } from '../fixtures.ts';
import { mailTo } from '../mailbox.ts';

test.beforeEach(async ({ demo, javaScriptEnabled, portal }) => {
  test.skip(!javaScriptEnabled, 'without JavaScript every answer is a new page');
  await portal.open(demo.path('share link'));
});

test('a password can be looked at', async ({ page }) => {
  const password = page.getByLabel('Password', { exact: true });
  await password.fill('hunter2');
  await page.getByRole('button', { name: 'Show password' }).click();
  await expect(password).toHaveAttribute('type', 'text');
  await page.getByRole('button', { name: 'Hide password' }).click();
  await expect(password).toHaveAttribute('type', 'password');
  await expect(password).toHaveValue('hunter2');
});

test('another language keeps what was typed, and where the reader was', async ({ page, portal }) => {
  await page.getByRole('textbox', { name: 'User ID of your phone service' }).fill('95547321@sp.com');
  await page.getByLabel('Password', { exact: true }).fill('secret');
  await page.evaluate(() => Object.assign(window, { old: true }));
  await portal.speak('Italiano');
  await expect(page.locator('html')).toHaveAttribute('lang', 'it');
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Activate your account');
  await expect(page.locator('#user_id')).toHaveValue('95547321@sp.com');
  await expect(page.locator('#password')).toHaveValue('secret');
  await expect(portal.language).toBeFocused();
  expect(await page.title()).not.toContain('Activate');
  expect(await page.evaluate(() => 'old' in window)).toBe(true);
});

test('another language says again what is wrong', async ({ page, portal }) => {
  const field = page.locator('#user_id');
  await portal.signIn('nobody@sp.example', 'wrong');
  await expect(portal.problem).toContainText('The user ID or the password is not right.');
  await portal.speak('Italiano');
  await expect(page.locator('html')).toHaveAttribute('lang', 'it');
  await expect(portal.problem).toContainText('43001');
  await expect(portal.problem).not.toContainText('The user ID');
  await expect(field).toHaveValue('nobody@sp.example');
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(portal.language).toBeFocused();
});

test('whoever types on after a refusal types behind what stands there', async ({ demo, page, portal }) => {
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('ann@home');
  await expect(portal.problem).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Email address' })).toBeFocused();
  await page.keyboard.type('.example');
  await expect(page.getByRole('textbox', { name: 'Email address' })).toHaveValue('ann@home.example');
});

test('what is typed while an answer is awaited stays', async ({ demo, page, portal }) => {
  const field = page.getByRole('textbox', { name: 'User ID of your phone service' });
  const held = new Promise<() => void>((resolve) => {
    void page.route('**/api/portal/sign_in', (route) => resolve(() => void route.continue()));
  });
  await portal.signIn('nobody@sp.example', 'wrong');
  const goOn = await held;
  await expect(page.getByRole('button', { name: 'Sign in' })).toHaveAttribute('aria-busy', 'true');
  await field.fill(demo.users('users')[0]);
  goOn();
  await expect(portal.problem).toContainText('not right');
  await expect(field).toHaveValue(demo.users('users')[0]);
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue('wrong');
});

test('when the server cannot do it just now, the page says so and stays as it is', async ({ demo, page, portal }) => {
  const field = page.getByRole('textbox', { name: 'Email address' });
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.at('Enter your email address');
  await page.route('**/api/portal/address', async (route) => {
    const other = await page.request.get('/activate/there-is-no-such-link');
    await route.fulfill({ status: 503, contentType: 'text/html', body: await other.text() });
  });
  await portal.enterAddress('kept@home.example');
  await expect(portal.problem).toContainText('This activation link does not exist.');
  await portal.at('Enter your email address');
  await expect(field).toHaveValue('kept@home.example');
  await page.unroute('**/api/portal/address');
  await portal.press('Continue');
  await portal.at('Check your email');
});

test('what happens while an answer is on its way is not missed', async ({ demo, page, portal }) => {
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('meanwhile@home.example');
  const { code } = await mailTo(page, 'meanwhile@home.example');
  await page.route('**/api/portal/code', async (route) => {
    const answer = await route.fetch();
    const other = await page.context().newPage();
    await expect(async () => {
      await other.goto(demo.path('share link'));
      await expect(other.getByRole('heading', { level: 1, name: 'You are all set' })).toBeVisible({ timeout: 1 });
    }).toPass();
    await other.close();
    await route.fulfill({ response: answer });
  });
  await portal.enterCode(code);
  await portal.expectProvisioned();
});

test('a message that comes back while the page is open is what the page is about', async ({ demo, page, portal }) => {
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('returned@home.example');
  await portal.at('Check your email');
  const code = page.getByRole('textbox', { name: 'Six-digit code' });
  await code.fill('123');
  await page.route(`**${demo.path('share link')}`, async (route) => {
    const body = await (await route.fetch()).text();
    await route.fulfill({ contentType: 'text/html', body: body.replaceAll('Check your email', 'Our message came back') });
  });
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await portal.at('Our message came back');
  await expect(page).toHaveTitle(/^Our message came back/);
  await expect(code).toBeFocused();
  await expect(code).toHaveValue('123');
});

test('a new message is announced', async ({ demo, page, portal }) => {
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('again@home.example');
  await portal.at('Check your email');
  const resend = page.getByRole('button', { name: 'Send a new message' });
  await expect(page.getByText(/in 2?\d seconds/)).toBeVisible();
  await expect(resend).toBeEnabled({ timeout: 40_000 });
  await expect(page.getByText('You can ask for a new message in')).toBeHidden();
  await resend.click();
  await expect(page.getByText('A new message is on its way.')).toBeVisible();
  await expect(resend).toBeDisabled();
  await expect(resend).toBeFocused();
});

test('back leads to where the reader came from', async ({ demo, page, portal, visit }) => {
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('back@home.example');
  const { joinNow } = await mailTo(page, 'back@home.example');
  await visit(joinNow);
  await portal.press('Join now');
  await portal.expectProvisioned();
  expect(new URL(page.url()).pathname).toBe(demo.path('share link'));
  await page.goBack();
  await portal.at('Your address is already confirmed');
});

test('a busy server’s words are shown, whatever page they come with', async ({ demo, page, portal }) => {
  const share = demo.path('share link').split('/').at(-1) ?? '';
  await page.route('**/api/portal/sign_in', async (route) => {
    const refused = await page.request.post('/api/portal/sign_in', {
      form: { share, user_id: 'nobody@sp.example', password: 'wrong' },
      headers: { accept: 'text/html', origin: demo.url },
    });
    await route.fulfill({ status: 503, contentType: 'text/html', body: await refused.text() });
  });
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await expect(portal.problem).toContainText('The user ID or the password is not right.');
  await expect(page.getByRole('textbox', { name: 'User ID of your phone service' })).toHaveValue(demo.users('users')[0]);
});

test('without a connection every step says so, and no more once it is back', async ({ context, demo, page, portal }) => {
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('offline@home.example');
  await portal.at('Check your email');
  await expect(page.getByText('We sent a message')).toBeVisible();
  await context.setOffline(true);
  await portal.press('Sign out');
  await expect(portal.problem).toContainText('The server cannot be reached.');
  await context.setOffline(false);
  await expect(portal.problem).toHaveCount(0);
  await portal.enterCode((await mailTo(page, 'offline@home.example')).code);
  await portal.expectProvisioned();
  await context.setOffline(true);
  await portal.press('Sign out');
  await expect(portal.problem).toContainText('The server cannot be reached.');
  await portal.speak('Italiano');
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await context.setOffline(false);
  await portal.press('Sign out');
  await portal.at('Activate your account');
});

test('who was signed out elsewhere is told', async ({ context, demo, portal }) => {
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('elsewhere@home.example');
  await portal.at('Check your email');
  const other = await context.newPage();
  await other.goto(demo.path('share link'));
  await other.getByRole('button', { name: 'Sign out' }).click();
  await expect(other.getByRole('heading', { level: 1, name: 'Activate your account' })).toBeVisible();
  await portal.at('Activate your account');
  await expect(portal.problem).toContainText('You are no longer signed in.');
});

test('a page that is asked for before another tab’s session is there does not sign out', async ({ demo, page, portal }) => {
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('doubted@home.example');
  await portal.at('Check your email');
  await expect(page.getByText('We sent a message')).toBeVisible();
  const signedOut = await page.evaluate(async (url) => (await fetch(url, { credentials: 'omit' })).text(), page.url());
  await page.evaluate(() => {
    const look = () => document.querySelector('main')?.dataset.step === 'sign-in' && Object.assign(window, { wasSignedOut: true });
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  });
  let looks = 0;
  await page.route(`**${demo.path('share link')}`, (route) => {
    looks += 1;
    return looks === 1 ? route.fulfill({ contentType: 'text/html', body: signedOut }) : route.continue();
  });
  const { joinNow } = await mailTo(page, 'doubted@home.example');
  const other = await page.context().newPage();
  await other.goto(joinNow);
  await other.getByRole('button', { name: 'Join now' }).click();
  await portal.expectProvisioned();
  expect(looks).toBeGreaterThan(1);
  expect(await page.evaluate(() => 'wasSignedOut' in window)).toBe(false);
});

test('another language is asked for in the middle of something else, and stays', async ({ demo, page, portal, visit }) => {
  const held = new Promise<() => void>((resolve) => {
    void page.route('**/api/portal/sign_in', (route) => resolve(() => void route.continue()));
  });
  await visit(`${demo.path('share link')}?lang=bg`);
  await portal.speak('English');
  await portal.at('Activate your account');
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  const goOn = await held;
  await portal.speak('Italiano');
  goOn();
  await expect(page.locator('html')).toHaveAttribute('lang', 'it');
  await expect(page.locator('#email')).toBeVisible();
  await page.locator('#email').fill('lingua@home.example');
  await page.locator('form.portal-form button').click();
  await expect(page.locator('#code')).toBeVisible();
  await expect(page.locator('#mail')).toContainText('Abbiamo inviato');
  await expect(page.locator('html')).toHaveAttribute('lang', 'it');
  // What the link asked for is the reader's choice no more.
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', 'it');
});

test('a browser half that does not come is no error', async ({ context, demo }) => {
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.route('**/pkg/portal.js', (route) => route.abort('internetdisconnected'));
  const gone = page.waitForEvent('requestfailed');
  await page.goto(demo.path('share link'));
  await gone;
  await page.getByRole('textbox', { name: 'User ID of your phone service' }).fill('nobody@sp.example');
  await page.getByLabel('Password', { exact: true }).fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert').filter({ hasText: /./ })).toContainText('not right');
  expect(errors).toEqual([]);
});

test('going back before the browser half is there shows the page of that address', async ({ demo, page, portal }) => {
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('back@home.example');
  const { joinNow } = await mailTo(page, 'back@home.example');
  await page.goto(joinNow);
  await expect(page.locator('body')).toHaveAttribute('data-hydrated', 'true');
  await portal.press('Join now');
  await portal.expectProvisioned();
  await page.route('**/pkg/portal.wasm', () => undefined);
  await page.reload({ waitUntil: 'domcontentloaded' });
  await portal.expectProvisioned();
  await page.goBack({ waitUntil: 'domcontentloaded' });
  await portal.at('Your address is already confirmed');
});

test('a proxy that speaks in words of its own is no lost connection', async ({ demo, page, portal }) => {
  let status = 503;
  const foreign = () => ({ status, contentType: 'text/html', body: `<h1>${status}</h1>nginx` });
  await page.route('**/api/portal/sign_in', (route) => route.fulfill(foreign()));
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await expect(portal.problem).toContainText('The server is too busy at the moment.');
  for (status of [403, 413, 500]) {
    await portal.press('Sign in');
    await expect(portal.problem).toContainText('Something went wrong on our side.');
  }
  // A hotel wants to be paid first.
  status = 511;
  await portal.press('Sign in');
  await expect(portal.problem).toContainText('Check your internet connection');
  await page.unroute('**/api/portal/sign_in');
  await portal.press('Sign in');
  await portal.at('Enter your email address');
});

test('while an answer is awaited, what cannot be sent does not look as if it could', async ({ demo, page, portal }) => {
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('held@home.example');
  await portal.at('Check your email');
  const held = new Promise<() => void>((resolve) => {
    void page.route('**/api/portal/code', (route) => resolve(() => void route.continue()));
  });
  await portal.enterCode('000000');
  const goOn = await held;
  const other = page.getByRole('button', { name: 'Sign out' });
  await expect(other).toHaveAttribute('aria-disabled', 'true');
  goOn();
  await expect(portal.problem).toContainText('43');
  await expect(other).not.toHaveAttribute('aria-disabled');
});
