// Gives the mediasoup worker the part of libsrtp 3's interface that it uses, on top of the libsrtp 2 of distributions.
//
// The differences that matter: libsrtp 3 hides its policy behind functions, takes sizes as size_t, and writes the result
// to a buffer of its own where libsrtp 2 works in place.
#ifndef VICINITY_SHIM_SRTP_H
#define VICINITY_SHIM_SRTP_H

// Both versions have an srtp_policy_t, a struct in the old one and a handle in the new one.
#define srtp_policy_t srtp2_policy_t
#include <srtp2/srtp.h>
#undef srtp_policy_t

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

// Codes that libsrtp 2 never returns; the worker only has texts for them. Macros, so that a libsrtp 2 that happens to
// know one of the names is no obstacle.
#define srtp_err_status_buffer_small static_cast<srtp_err_status_t>(28)
#define srtp_err_status_cryptex_err static_cast<srtp_err_status_t>(29)

// libsrtp 2 keeps a pointer to the key until the session is created, so the policy owns a copy.
struct srtp3_policy
{
	srtp2_policy_t policy;
	srtp_profile_t profile;
	uint8_t key[SRTP_MAX_KEY_LEN];
};
using srtp_policy_t = srtp3_policy*;

inline srtp_err_status_t srtp_policy_create(srtp_policy_t* policy)
{
	*policy = new (std::nothrow) srtp3_policy{};
	return *policy ? srtp_err_status_ok : srtp_err_status_alloc_fail;
}

inline void srtp_policy_destroy(srtp_policy_t policy)
{
	if (policy)
	{
		// The key must not stay behind in freed memory; a plain memset before delete may be optimised away.
		volatile uint8_t* key = policy->key;
		for (size_t i = 0; i < sizeof(policy->key); ++i) key[i] = 0;
	}
	delete policy;
}

inline srtp_err_status_t srtp_policy_set_ssrc(srtp_policy_t policy, srtp_ssrc_t ssrc)
{
	policy->policy.ssrc = ssrc;
	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_profile(srtp_policy_t policy, srtp_profile_t profile)
{
	policy->profile             = profile;
	const srtp_err_status_t err = srtp_crypto_policy_set_from_profile_for_rtp(&policy->policy.rtp, profile);
	if (err != srtp_err_status_ok) return err;
	// RTCP keeps the 80 bit tag even where RTP has the 32 bit one (RFC 5764, section 4.1.2); libsrtp sees to that.
	return srtp_crypto_policy_set_from_profile_for_rtcp(&policy->policy.rtcp, profile);
}

inline srtp_err_status_t srtp_policy_add_key(
  srtp_policy_t policy,
  const uint8_t* key,
  size_t keyLen,
  const uint8_t* salt,
  size_t saltLen,
  const uint8_t* /*mki*/,
  size_t mkiLen)
{
	if (mkiLen != 0 || keyLen + saltLen > sizeof(policy->key)) return srtp_err_status_bad_param;
	std::memcpy(policy->key, key, keyLen);
	std::memcpy(policy->key + keyLen, salt, saltLen);
	policy->policy.key = policy->key;
	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_allow_repeat_tx(srtp_policy_t policy, bool allow)
{
	policy->policy.allow_repeat_tx = allow ? 1 : 0;
	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_window_size(srtp_policy_t policy, size_t windowSize)
{
	policy->policy.window_size = windowSize;
	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_create(srtp_t* session, srtp_policy_t policy)
{
	return srtp_create(session, static_cast<const srtp2_policy_t*>(&policy->policy));
}

// The SSRC is in network byte order in both versions.
inline srtp_err_status_t srtp_stream_remove(srtp_t session, uint32_t ssrc)
{
	return srtp_remove_stream(session, ssrc);
}

namespace vicinity_srtp
{
	using InPlace = srtp_err_status_t (*)(srtp_t, void*, int*);

	// Copies the packet to where the result belongs, unless it is there already, and lets libsrtp 2 work on it.
	//
	// outLen holds the size of the output buffer before, and the size of the packet after. `growth` is how much longer
	// the packet may get: libsrtp 2 does not know the size of the buffer and would write past it.
	inline srtp_err_status_t run(
	  InPlace inPlace, srtp_t ctx, const uint8_t* in, size_t inLen, uint8_t* out, size_t* outLen, size_t growth)
	{
		if (inLen + growth > *outLen) return srtp_err_status_buffer_small;
		if (in != out) std::memmove(out, in, inLen);
		int len                     = static_cast<int>(inLen);
		const srtp_err_status_t err = inPlace(ctx, out, &len);
		if (err == srtp_err_status_ok) *outLen = static_cast<size_t>(len);
		return err;
	}
} // namespace vicinity_srtp

inline srtp_err_status_t srtp_protect(
  srtp_t ctx, const uint8_t* rtp, size_t rtpLen, uint8_t* srtp, size_t* srtpLen, size_t /*mkiIndex*/)
{
	return vicinity_srtp::run(srtp_protect, ctx, rtp, rtpLen, srtp, srtpLen, SRTP_MAX_TAG_LEN);
}

inline srtp_err_status_t srtp_protect_rtcp(
  srtp_t ctx, const uint8_t* rtcp, size_t rtcpLen, uint8_t* srtcp, size_t* srtcpLen, size_t /*mkiIndex*/)
{
	// SRTCP also carries its index, which has four bytes.
	return vicinity_srtp::run(srtp_protect_rtcp, ctx, rtcp, rtcpLen, srtcp, srtcpLen, SRTP_MAX_TAG_LEN + 4);
}

inline srtp_err_status_t srtp_unprotect(srtp_t ctx, const uint8_t* srtp, size_t srtpLen, uint8_t* rtp, size_t* rtpLen)
{
	return vicinity_srtp::run(srtp_unprotect, ctx, srtp, srtpLen, rtp, rtpLen, 0);
}

inline srtp_err_status_t srtp_unprotect_rtcp(
  srtp_t ctx, const uint8_t* srtcp, size_t srtcpLen, uint8_t* rtcp, size_t* rtcpLen)
{
	return vicinity_srtp::run(srtp_unprotect_rtcp, ctx, srtcp, srtcpLen, rtcp, rtcpLen, 0);
}

#endif
