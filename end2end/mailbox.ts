/** The demo's mailbox: the mails that would have been sent. */
import { expect, type Page } from '@playwright/test';

export interface Mail {
  /** The six-digit code. */
  code: string;
  /** The path of the Join now link. */
  joinNow: string;
}

/** The newest mail to an address, once there are at least `count` of them. */
export async function mailTo(page: Page, address: string, count = 1): Promise<Mail> {
  const mailbox = await page.context().newPage();
  const mails = mailbox.getByRole('article').filter({ hasText: address });
  await expect(async () => {
    await mailbox.goto('/demo/mailbox');
    expect(await mails.count()).toBeGreaterThanOrEqual(count);
  }).toPass();
  const newest = mails.first();
  const code = await newest.locator('[data-code]').getAttribute('data-code');
  const joinNow = await newest.getByRole('link', { name: 'Join now' }).getAttribute('href');
  await mailbox.close();
  if (code === null || joinNow === null) throw new Error(`the mail to ${address} holds no code or no link`);
  return { code, joinNow: new URL(joinNow).pathname };
}
