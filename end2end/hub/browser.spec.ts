/** Whatever extensions and translators do to a page before the browser's half has come, the hub works: it makes the page anew. */
import { expect, test } from '../fixtures.ts';

test.use({ breaking: true });

const changes: Record<string, () => void> = {
  'an extension puts something first into everything': () => {
    for (const selector of ['body', 'main', 'form', 'h1', 'td']) {
      for (const element of Array.from(document.querySelectorAll(selector))) element.prepend(document.createElement('span'));
    }
  },
  'an extension takes out what holds nothing': () => {
    const comments = document.createTreeWalker(document.body, NodeFilter.SHOW_COMMENT);
    const all: ChildNode[] = [];
    while (comments.nextNode()) all.push(comments.currentNode as ChildNode);
    for (const comment of all) comment.remove();
  },
};

for (const [name, change] of Object.entries(changes)) {
  test(name, async ({ hub, page }) => {
    await hub.signIn();
    await hub.openUserStatus('Aurora Dental Group', 'Office users');
    // Hydration begins when all of this has been done.
    await page.addInitScript(`document.addEventListener('DOMContentLoaded', ${change.toString()})`);
    await page.reload();
    await expect(page.locator('body')).toHaveAttribute('data-hydrated', 'true');
    const { row, id } = await hub.firstIn('Error');
    await hub.choose(row, 'Delete User');
    await expect(hub.dialog('Delete User')).toContainText(id);
    await hub.dialog('Delete User').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('link', { name: 'Office users', exact: true }).first().click();
    await hub.at('Office users');
    await page.goBack();
    await expect(hub.users.first()).toBeVisible();
  });
}
