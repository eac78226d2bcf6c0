/** What people type and paste into the field for the code, and what the server makes of it. */
import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';
import { mailTo } from '../mailbox.ts';

/** Five wrong codes make a code worthless. */
const MORE_THAN_ALL_TRIES = 6;

test.beforeEach(async ({ demo, portal }) => {
  await portal.open(demo.path('share link'));
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('pasted@home.example');
  await portal.at('Check your email');
});

test('what is no code costs no try, and says what a code is', async ({ javaScriptEnabled, page, portal }) => {
  const { code } = await mailTo(page, 'pasted@home.example');
  const field = page.getByRole('textbox', { name: 'Six-digit code' });
  for (let tries = 0; tries < MORE_THAN_ALL_TRIES; tries += 1) {
    const typed = ['', code.slice(1), 'nothing'][tries % 3];
    await portal.enterCode(typed);
    // What is said stands there from the time before, too.
    await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
    await expect(portal.problem).toContainText('This is not a six-digit code.');
    await expect(field).toHaveValue(typed);
  }
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  if (javaScriptEnabled) await expect(field).toBeFocused();
  const ring = () =>
    field.evaluate(async (input) => {
      await Promise.allSettled(input.getAnimations().map((transition) => transition.finished));
      return getComputedStyle(input).boxShadow;
    });
  await field.focus();
  const focused = await ring();
  await field.blur();
  expect(await ring(), 'a wrong field without the focus').not.toBe(focused);
  await expectAccessible(page);
  await portal.enterCode(code);
  await portal.expectProvisioned();
});

const wide = (code: string) => code.replace(/\d/g, (digit) => String.fromCodePoint(digit.charCodeAt(0) + 0xfee0));
const arabic = (code: string) => code.replace(/\d/g, (digit) => String.fromCodePoint(Number(digit) + 0x660));
const grouped = (code: string, by: string) => `${code.slice(0, 3)}${by}${code.slice(3)}`;

const pasted: Record<string, (code: string) => string> = {
  'a sentence': (code) => `Your code is ${grouped(code, ' ')}!`,
  'no-break space, zero-width space and marks of direction': (code) => `\u2066${grouped(code, '\u00a0\u200b')}\u2069\ufeff`,
  'full-width digits': wide,
  'Arabic digits with a dash': (code) => grouped(arabic(code), '–'),
  'a whole message': (code) =>
    `Hello, to activate your account of 95547321@sp.com open https://x.example/activate/a/join/99c, ${'please '.repeat(40)} or enter ${code}. It is valid for 30 minutes.`,
};

for (const [name, of] of Object.entries(pasted)) {
  test(`pasted: ${name}`, async ({ page, portal }) => {
    const { code } = await mailTo(page, 'pasted@home.example');
    const field = page.getByRole('textbox', { name: 'Six-digit code' });
    await field.focus();
    // As a clipboard does it: the browser cuts what is pasted to a field's maxlength, but not what a script sets.
    await page.keyboard.insertText(of(code));
    await expect(field).toHaveValue(of(code));
    await portal.press('Confirm');
    await portal.expectProvisioned();
  });
}

test('a paste leaves the code alone in the field, and what holds none as it is', async ({ context, javaScriptEnabled, page, portal }) => {
  test.skip(!javaScriptEnabled, 'the server finds the code');
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const field = page.getByRole('textbox', { name: 'Six-digit code' });
  const paste = async (text: string) => {
    await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
    await field.press('ControlOrMeta+V');
  };
  await paste('no code');
  await expect(field).toHaveValue('no code');
  const { code } = await mailTo(page, 'pasted@home.example');
  await paste(`Your code: ${grouped(code, ' ')} (Flowthrough)`);
  await expect(field).toHaveValue(code);
  await portal.press('Confirm');
  await portal.expectProvisioned();
});
