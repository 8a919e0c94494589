import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dialogNames } from './dialog-names.js';

const source = join(__dirname, '..');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.tsx'));
const textOf = (name: string): string => readFileSync(join(source, name), 'utf8');

describe('the names of dialogs', () => {
  it('are of one dialog each, and of none that is not there', () => {
    const used = files.flatMap(name =>
      [...textOf(name).matchAll(/(?:<\w*Dialog\s+name=|\bdialog: )["']([a-z-]+)["']/g)].map(([, dialog]) => dialog),
    );
    expect(used.sort()).toEqual([...dialogNames].sort());
  });

  it('are what every dialog has: one component alone knows how a dialog is made', () => {
    const makesOne = /\bModal(Overlay)?\b|<AriaDialog\b|<[a-z]+\b[^<]*role="(alert)?dialog"|<dialog\b/;
    expect(files.filter(name => makesOne.test(textOf(name)))).toEqual([join('components', 'dialog.tsx')]);
  });
});
