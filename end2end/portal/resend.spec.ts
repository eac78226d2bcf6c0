import { expect, test } from '../fixtures.ts';
import { mailTo } from '../mailbox.ts';

test.beforeEach(async ({ demo, portal }) => {
  await portal.open(demo.path('share link'));
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('spam@folder.example');
  await portal.at('Check your email');
});

test('a new message cannot be asked for at once, and the page says when it can', async ({ javaScriptEnabled, page, portal }) => {
  const resend = page.getByRole('button', { name: 'Send a new message' });
  await expect(page.getByText(/You can ask for a new message in \d+ seconds/)).toBeVisible();
  if (javaScriptEnabled) {
    await expect(resend).toBeDisabled();
  } else {
    await resend.click();
    await expect(page.getByText('A new message is on its way.')).toBeVisible();
    await expect(page.getByText(/You can ask for a new message in \d+ seconds/)).toBeVisible();
    await expect(portal.problem).toBeHidden();
  }
});

test('only the newest message counts', async ({ page, portal }) => {
  const first = await mailTo(page, 'spam@folder.example');
  const resend = page.getByRole('button', { name: 'Send a new message' });
  await expect(async () => {
    await page.reload();
    await expect(page.getByText(/You can ask for a new message in/)).toBeHidden({ timeout: 1 });
  }).toPass({ timeout: 40_000 });
  await resend.click();
  const second = await mailTo(page, 'spam@folder.example', 2);
  await portal.enterCode(first.code);
  await expect(portal.problem).toContainText('The code is not right.');
  await portal.enterCode(second.code);
  await portal.expectProvisioned();
});
