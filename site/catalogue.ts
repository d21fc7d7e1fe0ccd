/** Products and posts of the shop, for the demo site, WordPress and `traffic`. Slugs are parts of paths: lower case, no escapes. */

export const SHOP = {
  name: 'Fell & Fern',
  welcome: 'Good things for bad weather',
  invitation: 'Shoes, jackets and lights for people who go out anyway.',
  about: 'Fell & Fern is two people, a van and a wet dog. We sell only what we wear ourselves.',
  delivery: 'Delivery is free above € 50.',
  note: 'A demo shop: nothing is for sale, and every click is logged.',
} as const;

export interface Product {
  readonly slug: string;
  readonly name: string;
  readonly price: string;
  readonly about: string;
}

export interface Post {
  readonly slug: string;
  readonly title: string;
  readonly date: string;
  readonly text: string;
}

export const PRODUCTS: readonly Product[] = [
  {
    slug: 'trail-shoes',
    name: 'Trail shoes',
    price: '€ 119',
    about: 'Light shoes with a deep tread, for mud and long descents.',
  },
  {
    slug: 'road-shoes',
    name: 'Road shoes',
    price: '€ 99',
    about: 'Soft shoes for ten easy kilometres before breakfast.',
  },
  {
    slug: 'rain-jacket',
    name: 'Rain jacket',
    price: '€ 149',
    about: 'Keeps three hours of steady rain outside and folds into its own pocket.',
  },
  {
    slug: 'wool-socks',
    name: 'Wool socks',
    price: '€ 17',
    about: 'Merino socks, warm when wet. Two pairs.',
  },
  {
    slug: 'head-torch',
    name: 'Head torch',
    price: '€ 39',
    about: 'Four hundred lumens, forty hours on the low setting.',
  },
  {
    slug: 'daypack',
    name: 'Daypack',
    price: '€ 69',
    about: 'Twenty litres, one big pocket, nothing that dangles.',
  },
];

export const POSTS: readonly Post[] = [
  {
    slug: 'first-steps',
    title: 'First steps off the road',
    date: '2026-03-02',
    text: 'Begin on a path you know from walking. Shorten your stride, look three metres ahead, and let the shoes find the ground.',
  },
  {
    slug: 'how-to-wash-a-rain-jacket',
    title: 'How to wash a rain jacket',
    date: '2026-04-18',
    text: 'Dirt, not rain, is what wets a jacket through. Wash it at thirty degrees with plain soap, rinse twice, and dry it warm.',
  },
  {
    slug: 'running-in-the-dark',
    title: 'Running in the dark',
    date: '2026-10-25',
    text: 'A torch on the head flattens every shadow. Carry a second one at the hip and the stones come back.',
  },
];

/** Renders the catalogue as JSON, for WordPress's installer. */
export function renderCatalogue(): string {
  return `${JSON.stringify({ shop: SHOP, products: PRODUCTS, posts: POSTS })}\n`;
}
