/** Whether a name exists that fits both patterns, in which `*` stands for any characters. */
export function overlap(one: string, other: string): boolean {
  if (one === '' && other === '') return true;
  if (one.startsWith('*')) return overlap(one.slice(1), other) || (other !== '' && overlap(one, other.slice(1)));
  if (other.startsWith('*')) return overlap(other, one);
  return one !== '' && one[0] === other[0] && overlap(one.slice(1), other.slice(1));
}
