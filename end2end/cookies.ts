/** A browser that keeps no cookies. */
import { type BrowserContext } from '@playwright/test';

/** From now on no cookie of an answer is kept. */
export async function withoutCookies(context: BrowserContext): Promise<void> {
  await context.route(/\/(activate|hub|api)(\/|$)/, async (route) => {
    const answer = await route.fetch({ maxRedirects: 0 });
    await context.clearCookies();
    const { 'set-cookie': _, ...headers } = answer.headers();
    await route.fulfill({ response: answer, headers });
  });
}
