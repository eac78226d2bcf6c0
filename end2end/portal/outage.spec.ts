/** The mail server is away while somebody activates: an installation as operators have it, its own mail server between. */
import { expect, test } from '../fixtures.ts';
import { MailServer } from '../mail_server.ts';
import { Server } from '../server.ts';

test('while the mail server is away the page says so, and goes on by itself when it is back', async ({
  demo,
  javaScriptEnabled,
  page,
  portal,
}) => {
  const mail = await MailServer.start();
  const server = await Server.install({ FLOWTHROUGH_SMTP_URL: mail.url, FLOWTHROUGH_ALLOW_PRIVATE_XSI: 'true' });
  try {
    await portal.open(await server.openPortal(demo));
    await portal.signIn(demo.users('self-activating')[0], demo.told('user password'));
    mail.away = true;
    const address = 'waiting@home.example';
    await portal.enterAddress(address);
    await portal.at('Check your email');
    const told = async (words: string) =>
      expect(async () => {
        if (!javaScriptEnabled) await page.reload();
        await expect(page.locator('#mail')).toContainText(words, { timeout: 500 });
      }).toPass();
    await told(`Our message to ${address} is on its way.`);
    await expect(page.locator('#mail')).toContainText('It is sent by itself as soon as possible; you do not need to do anything.');
    expect(mail.codes(address)).toEqual([]);
    mail.away = false;
    await told(`We sent a message to ${address}.`);
    const [code, ...others] = mail.codes(address);
    expect(others).toEqual([]);
    await portal.enterCode(code);
    await portal.expectProvisioned();
  } finally {
    await server.stop();
    mail.stop();
  }
});
