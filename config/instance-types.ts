/**
 * The largest EBS volume of a data node in GiB by instance type, as gp2 and as gp3; undefined if the type cannot have such a volume.
 * The service does not refuse a larger one, but hangs for hours.
 * Source: "EBS volume size quotas" in the Amazon OpenSearch Service developer guide. Types that are not listed are not checked.
 */
const LARGEST_GIB: Readonly<Record<string, readonly [gp2?: number, gp3?: number]>> = {
  't2.micro': [35],
  't2.small': [35],
  't2.medium': [35],
  't3.small': [100, 100],
  't3.medium': [200, 200],
  'm4.large': [512],
  'm4.xlarge': [1024],
  'm4.2xlarge': [1536],
  'm4.4xlarge': [1536],
  'm4.10xlarge': [1536],
  'm5.large': [512, 1024],
  'm5.xlarge': [1024, 2048],
  'm5.2xlarge': [1536, 3072],
  'm5.4xlarge': [3072, 6144],
  'm5.12xlarge': [9216, 18432],
  'm6g.large': [512, 1024],
  'm6g.xlarge': [1024, 2048],
  'm6g.2xlarge': [1536, 3072],
  'm6g.4xlarge': [3072, 6144],
  'm6g.8xlarge': [6144, 12288],
  'm6g.12xlarge': [9216, 18432],
  'c4.large': [100],
  'c4.xlarge': [512],
  'c4.2xlarge': [1024],
  'c4.4xlarge': [1536],
  'c4.8xlarge': [1536],
  'c5.large': [256, 256],
  'c5.xlarge': [512, 512],
  'c5.2xlarge': [1024, 1024],
  'c5.4xlarge': [1536, 1536],
  'c5.9xlarge': [3584, 3584],
  'c5.18xlarge': [7168, 7168],
  'c6g.large': [256, 256],
  'c6g.xlarge': [512, 512],
  'c6g.2xlarge': [1024, 1024],
  'c6g.4xlarge': [1536, 1536],
  'c6g.8xlarge': [3072, 3072],
  'c6g.12xlarge': [4608, 4608],
  'r4.large': [1024],
  'r4.xlarge': [1536],
  'r4.2xlarge': [1536],
  'r4.4xlarge': [1536],
  'r4.8xlarge': [1536],
  'r4.16xlarge': [1536],
  'r5.large': [1024, 2048],
  'r5.xlarge': [1536, 3072],
  'r5.2xlarge': [3072, 6144],
  'r5.4xlarge': [6144, 12288],
  'r5.12xlarge': [12288, 24576],
  'r6g.large': [1024, 2048],
  'r6g.xlarge': [1536, 3072],
  'r6g.2xlarge': [3072, 6144],
  'r6g.4xlarge': [6144, 12288],
  'r6g.8xlarge': [8192, 16384],
  'r6g.12xlarge': [12288, 24576],
  // These have instance storage.
  'i3.large': [],
  'i3.xlarge': [],
  'i3.2xlarge': [],
  'i3.4xlarge': [],
  'i3.8xlarge': [],
  'i3.16xlarge': [],
  'r6gd.large': [],
  'r6gd.xlarge': [],
  'r6gd.2xlarge': [],
  'r6gd.4xlarge': [],
  'r6gd.8xlarge': [],
  'r6gd.12xlarge': [],
  'r6gd.16xlarge': [],
};

export const SMALLEST_VOLUME_GIB = 10;

/** @returns the largest volume in GiB; 0 if the type cannot have this kind; undefined if the type is not listed. */
export function largestVolumeGiB(instanceType: string, volumeType: 'gp2' | 'gp3'): number | undefined {
  const largest = LARGEST_GIB[instanceType];
  return largest === undefined ? undefined : (largest[volumeType === 'gp2' ? 0 : 1] ?? 0);
}
