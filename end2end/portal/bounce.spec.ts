/** A message that the mail server took comes back while the page is open: an installation as operators have it. */
import { expect, test } from '../fixtures.ts';
import { MailServer } from '../mail_server.ts';
import { freePort, Server } from '../server.ts';

/** What a mail server writes when there is nobody of that name. */
const NOBODY = [
  'From: MAILER-DAEMON@mail.example',
  'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
  '',
  '--b',
  'Content-Type: message/delivery-status',
  '',
  'Reporting-MTA: dns; mail.example',
  '',
  'Action: failed',
  'Status: 5.1.1',
  'Diagnostic-Code: smtp; 550 5.1.1 there is nobody of that name',
  '--b--',
].join('\r\n');

test('a message that comes back after it was sent is what the page is about, and another address helps', async ({
  demo,
  javaScriptEnabled,
  page,
  portal,
}) => {
  const mail = await MailServer.start();
  const listener = `127.0.0.1:${await freePort()}`;
  const server = await Server.install({
    FLOWTHROUGH_SMTP_URL: mail.url,
    FLOWTHROUGH_ALLOW_PRIVATE_XSI: 'true',
    FLOWTHROUGH_BOUNCE_ADDRESS: 'bounces@flowthrough.example',
    FLOWTHROUGH_BOUNCE_LISTEN: listener,
  });
  try {
    await portal.open(await server.openPortal(demo));
    await portal.signIn(demo.users('self-activating')[0], demo.told('user password'));
    await portal.enterAddress('mistyped@home.example');
    await portal.at('Check your email');
    const told = async (words: string) =>
      expect(async () => {
        if (!javaScriptEnabled) await page.reload();
        await expect(page.locator('#mail')).toContainText(words, { timeout: 500 });
      }).toPass();
    await told('We sent a message to mistyped@home.example.');

    await mail.handBack(listener, mail.returnPath('mistyped@home.example'), NOBODY);
    await told('Our message to mistyped@home.example came back.');
    await portal.at('Our message came back');
    await expect(page.locator('#mail')).toContainText('the address does not seem to exist');
    // One is as easily found as the other.
    const [other, again] = ['Use a different address', 'Send a new message'].map((name) => page.getByRole('button', { name }));
    const [otherBox, againBox] = [await other.boundingBox(), await again.boundingBox()];
    expect(otherBox?.height).toBe(againBox?.height);
    await expect(again).toBeEnabled();

    await other.click();
    await portal.enterAddress('right@home.example');
    await told('We sent a message to right@home.example.');
    const [code] = mail.codes('right@home.example');
    await portal.enterCode(code);
    await portal.expectProvisioned();
    // That another one had come back is of no concern any more.
    await mail.handBack(listener, mail.returnPath('mistyped@home.example'), NOBODY);
    await page.reload();
    await portal.expectProvisioned();
  } finally {
    await server.stop();
    mail.stop();
  }
});
