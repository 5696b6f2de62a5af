/** The first page of the site, out of the README: what it is, the quick start, the problem. Says nothing that the README does not say. */

/** @param readme its text, with the links that the site has. @param description of the package, a sentence with a colon. */
export function landing(readme: string, description: string): string {
  const [text = '', tagline = ''] = description.split(/:\s+/);
  return [
    `---
layout: home
hero:
  name: Ninelives
  text: ${JSON.stringify(text)}
  tagline: ${JSON.stringify(capital(tagline))}
  actions:
    - { theme: brand, text: Drive a session, link: /play/index.html, target: _self }
    - { theme: alt, text: Quick start, link: '#try-it' }
    - { theme: alt, text: By question, link: /questions }
---`,
    introduction(readme),
    section(readme, 'Try it'),
    section(readme, 'The problem'),
    '[Everything else in the README](./readme.md).',
  ].join('\n\n');
}

function introduction(readme: string): string {
  const [, text] = /^# .+\n\n([^]*?)\n\n(?=## )/m.exec(readme) ?? [];
  if (text === undefined) throw new Error('The README does not begin with what it is about');
  return text;
}

function section(readme: string, title: string): string {
  const found = readme.split(/^(?=## )/m).find((part) => part.startsWith(`## ${title}\n`));
  if (found === undefined) throw new Error(`The README has no section '${title}'`);
  return found.trimEnd();
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
