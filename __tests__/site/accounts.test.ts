import { createAccounts } from '../../site/demo/accounts';
import { Sessions } from '../../site/demo/sessions';

describe('accounts', () => {
  it('drop the oldest beyond their limit', async () => {
    const accounts = createAccounts(2);
    for (const user of ['one', 'two', 'three']) await accounts.signUp(user, 'a password');

    const known = await Promise.all(['one', 'two', 'three'].map((user) => accounts.signIn(user, 'a password')));

    expect(known).toEqual([undefined, 'two', 'three']);
  });

  it('are not mixed up', async () => {
    const accounts = createAccounts(10);
    await accounts.signUp('alice', 'a password');

    expect(await accounts.signIn('alice', 'a passwore')).toBeUndefined();
    expect(await accounts.signIn('', '')).toBeUndefined();
    expect(await accounts.signIn('__proto__', 'a password')).toBeUndefined();
  });
});

describe('sessions', () => {
  it('drop the least recently used beyond their limit', () => {
    const sessions = new Sessions(2);
    const one = sessions.create();
    const two = sessions.create();
    sessions.find(`session=${one.secret}`);

    const three = sessions.create();

    expect(sessions.find(`session=${one.secret}`)).toBe(one);
    expect(sessions.find(`session=${two.secret}`)).toBeUndefined();
    expect(sessions.find(`session=${three.secret}`)).toBe(three);
  });

  it.each([
    ['a=b; session=SECRET; c=d', true],
    ['a=b;session=SECRET', true],
    ['session=SECRET ;x', true],
    ['mysession=SECRET', false],
    ['session=SECRET0', false],
    ['session="SECRET"', false],
    ['session=', false],
    ['', false],
  ])('are found in the cookies %j: %s', (cookies, found) => {
    const sessions = new Sessions(2);
    const session = sessions.create();

    expect(sessions.find(cookies.replace('SECRET', session.secret))).toBe(found ? session : undefined);
  });
});
