/*
 * Numbers that no bot has business with, whatever is allowed. Country codes: ITU-T's list of assigned E.164 codes
 * (https://www.itu.int/pub/T-SP-E.164D); national ranges: the numbering plans that ITU-T publishes
 * (https://www.itu.int/oth/T0202.aspx?parent=T0202) and the regulators that are named.
 */

/** Shortest numbers first dialled in need, behind any country code. Source: https://www.itu.int/rec/T-REC-E.161.1 (E.161.1) and national plans. */
const EMERGENCY = [
  '110',
  '111',
  '112',
  '113',
  '114',
  '115',
  '116',
  '117',
  '118',
  '119',
  '000',
  '911',
  '999',
  '100',
  '101',
  '102',
  '108',
  '122',
  '190',
  '191',
  '192',
  '193',
  '988',
];

/** Networks of satellites, of ships and planes, and of the whole world, by ITU-T. */
const SATELLITE = ['+870', '+871', '+872', '+873', '+874', '+878', '+881', '+882', '+883', '+888'];

/** What costs the caller more than a call. */
const PREMIUM = [
  '+979', // International premium rate service, ITU-T E.169.2.
  '+808', // International shared cost service, ITU-T E.169.3.
  '+1900', // NANPA: https://www.nanpa.com
  '+4470', // Personal numbers; +449, +4484, +4487: Ofcom's national telephone numbering plan.
  '+4476',
  '+4484',
  '+4487',
  '+449',
  '+46900', // PTS, the Swedish numbering plan.
  '+46939',
  '+46944',
  '+4699',
  '+49900', // Bundesnetzagentur; 0137 and 0180 likewise.
  '+49137',
  '+49180',
  '+4911', // Directory enquiries.
  '+4912', // Innovative services.
  '+3381', // ARCEP: value-added services.
  '+3382',
  '+3389',
  '+34803', // CNMC.
  '+34806',
  '+34807',
  '+34905',
  '+34907',
  '+39144', // AGCOM.
  '+39166',
  '+39199',
  '+39892',
  '+39894',
  '+39895',
  '+39899',
  '+41900', // BAKOM.
  '+41901',
  '+41906',
  '+43900', // RTR.
  '+43901',
  '+43930',
  '+43931',
  '+31900', // ACM.
  '+31906',
  '+31909',
  '+3290', // BIPT.
  '+35160', // ANACOM.
  '+35176',
  '+4782', // Nkom.
  '+4590', // Danish Agency for Digital Government.
  '+358600', // Traficom.
  '+358700',
  '+48700', // UKE.
  '+48701',
  '+48703',
  '+48708',
  '+61190', // ACMA.
  '+64900', // NAD.
  '+81990', // MIC.
  // By ITU-T's collection of national plans: Bulgaria, Croatia, Czechia, Greece, Hungary, Iceland, Israel, Luxembourg, Romania, Slovakia, Slovenia, Turkey.
  '+35990',
  '+38560',
  '+420900',
  '+420906',
  '+420908',
  '+420909',
  '+30901',
  '+30909',
  '+3690',
  '+35490',
  '+9721900',
  '+35290',
  '+40900',
  '+40903',
  '+40906',
  '+421900',
  '+38690',
  '+90900',
] as const;

/** Irish premium numbers have ten digits (ComReg); eight that begin alike are Dublin's. */
const IRISH_15 = /^\+35315\d{8}$/;

/** In North America numbers of any area whose exchange is 976 are premium. */
const NORTH_AMERICAN_976 = /^\+1\d{3}976\d{4}$/;

/** North American numbers have ten digits; N11 is neither an area nor an exchange but dialled in need. Source: https://www.nanpa.com/numbering */
const NORTH_AMERICAN = /^\+1(?!.11)[2-9]\d{2}(?!.11)[2-9]\d{6}$/;

/** Enquiries about numbers, by a short number behind the country code: Ofcom's 118, ARCEP's 118, and others'. */
const DIRECTORY = /^\+\d{1,3}118\d{2,3}$/;

/** Areas of country code 1 that are islands with tariffs of their own: allowed where a prefix names them, not by +1. */
const ISLANDS = new Set(
  '242 246 264 268 284 345 441 473 649 658 664 721 758 767 784 809 829 849 868 869 876'.split(' '),
);

export type Refusal = 'emergency' | 'satellite' | 'premium' | 'island' | 'no-number';

/** @param number in E.164, or shorter @param prefix the allowed one that it begins with */
export function refusalOf(number: string, prefix: string): Refusal | undefined {
  if (EMERGENCY.some((short) => new RegExp(`^\\+?\\d{0,3}${short}$`).test(number))) return 'emergency';
  if (SATELLITE.some((range) => number.startsWith(range))) return 'satellite';
  if (PREMIUM.some((range) => number.startsWith(range)) || NORTH_AMERICAN_976.test(number)) return 'premium';
  if (IRISH_15.test(number) || DIRECTORY.test(number)) return 'premium';
  if (/^\+1\d{6,14}$/.test(number) && !NORTH_AMERICAN.test(number)) return 'no-number';
  const isIsland = number.startsWith('+1') && ISLANDS.has(number.slice(2, 5));
  return isIsland && prefix.length < 5 ? 'island' : undefined;
}
