/** What extensions and translators do to a page before anything of ours has run. */
import { type Page } from '@playwright/test';

/** The change is made as soon as the page is read; hydration begins when all of it has been done. */
export async function tamper(page: Page, change: () => void): Promise<void> {
  await page.addInitScript(`document.addEventListener('DOMContentLoaded', ${change.toString()})`);
}

/** By what they look like from outside. */
export const changes = {
  'a translator wraps every text': () => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const all: Node[] = [];
    while (texts.nextNode()) all.push(texts.currentNode);
    for (const text of all) {
      if (!text.textContent?.trim()) continue;
      const font = document.createElement('font');
      font.append(document.createElement('font'));
      text.parentNode?.replaceChild(font, text);
      font.firstChild?.appendChild(text);
    }
  },
  'a password manager puts its button beside every field': () => {
    for (const input of Array.from(document.querySelectorAll('input'))) {
      const button = document.createElement('div');
      button.dataset.lastpassIconRoot = '';
      input.before(button);
      input.after(button.cloneNode());
    }
  },
  'an extension puts something first into everything': () => {
    for (const selector of ['body', 'main', 'form', 'h1', 'td', '.field']) {
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
