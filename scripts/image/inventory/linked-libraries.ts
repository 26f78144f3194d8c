import { OPENSSL_LICENCE } from './openssl-licence';

/** A library that is in another package's compiled code, and so comes without a package of its own. */
export interface LinkedLibrary {
  readonly name: string;
  /** The npm package whose binary it is in. */
  readonly within: string;
  /** Its name at SPDX, which is also that of the text among Debian's common licences; or a text of its own. */
  readonly license: string;
  readonly copyright: string;
  readonly organisation?: string;
  /** Finds its version in the binary, which must say it. */
  readonly versionIn?: RegExp;
}

/** Sources: the CMakeLists.txt of node-datachannel and of libdatachannel; the notices of libopus-wasm. */
export const LINKED: readonly LinkedLibrary[] = [
  { name: 'libdatachannel', within: 'node-datachannel', license: 'MPL-2.0', copyright: 'Paul-Louis Ageneau' },
  { name: 'libjuice', within: 'node-datachannel', license: 'MPL-2.0', copyright: 'Paul-Louis Ageneau' },
  { name: 'plog', within: 'node-datachannel', license: 'MPL-2.0', copyright: '2015 Sergey Podobry' },
  {
    name: 'openssl',
    within: 'node-datachannel',
    // Of version 1; 3 is under Apache-2.0.
    license: 'OpenSSL',
    copyright: '1998-2019 The OpenSSL Project',
    versionIn: /OpenSSL (1\.\d+\.\d+[a-z]?) /,
  },
  {
    name: 'libsrtp',
    within: 'node-datachannel',
    license: 'BSD-3-Clause',
    copyright: '2001-2017 Cisco Systems, Inc.',
    organisation: 'the Cisco Systems, Inc.',
  },
  {
    name: 'usrsctp',
    within: 'node-datachannel',
    license: 'BSD-3-Clause',
    copyright: '2015 Randall Stewart and Michael Tuexen',
    organisation: 'usrsctp',
  },
  {
    name: 'libopus',
    within: 'libopus-wasm',
    license: 'BSD-3-Clause',
    copyright:
      '2001-2011 Xiph.Org, Skype Limited, Octasic, Jean-Marc Valin, Timothy B. Terriberry, CSIRO, Gregory Maxwell, ' +
      'Mark Borgerding, Erik de Castro Lopo',
    organisation: 'Internet Society, IETF or IETF Trust',
  },
];

/** What has to be said of it. `commonText` gives the text of a licence that Debian keeps. */
export function linkedText(library: LinkedLibrary, commonText: (license: string) => string): string {
  return `Copyright (c) ${library.copyright}\n\n${licenceOf(library, commonText)}`;
}

function licenceOf({ license, organisation = '' }: LinkedLibrary, commonText: (license: string) => string): string {
  if (license === 'OpenSSL') return OPENSSL_LICENCE;
  return license === 'BSD-3-Clause' ? bsd3(organisation) : commonText(license);
}

/**
 * Its version, from the compiled code of the packages; undefined where it does not say.
 * @throws Error where it should: the licence may be another, too
 */
export function versionOf({ name, versionIn }: LinkedLibrary, binaries: readonly string[]): string | undefined {
  if (versionIn === undefined) return undefined;
  const version = binaries.map((binary) => versionIn.exec(binary)?.[1]).find((found) => found !== undefined);
  if (version === undefined)
    throw new Error(`no binary says ${String(versionIn)}: look at the version and licence of ${name}`);
  return version;
}

/** https://spdx.org/licenses/BSD-3-Clause.html */
const bsd3 = (organisation: string): string => `\
Redistribution and use in source and binary forms, with or without modification, are permitted provided that the following
conditions are met:

1. Redistributions of source code must retain the above copyright notice, this list of conditions and the following
   disclaimer.
2. Redistributions in binary form must reproduce the above copyright notice, this list of conditions and the following
   disclaimer in the documentation and/or other materials provided with the distribution.
3. Neither the name of ${organisation} nor the names of its contributors may be used to endorse or promote products derived
   from this software without specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING,
BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT
SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR
CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE, DATA, OR
PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR
TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE
POSSIBILITY OF SUCH DAMAGE.`;
