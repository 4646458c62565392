// Stands in for the unordered_dense library, which distributions do not package, when the mediasoup worker is built here.
//
// The worker uses it for speed alone: it keeps no pointer that only a dense table would keep valid, and needs nothing
// beyond the interface of the standard containers.
#ifndef VICINITY_SHIM_UNORDERED_DENSE_H
#define VICINITY_SHIM_UNORDERED_DENSE_H

#include <functional>
#include <unordered_map>
#include <unordered_set>

namespace ankerl::unordered_dense
{
	template<typename Key>
	using hash = std::hash<Key>;

	template<typename Key, typename Value, typename Hash = std::hash<Key>, typename Equal = std::equal_to<Key>>
	using map = std::unordered_map<Key, Value, Hash, Equal>;

	template<typename Key, typename Hash = std::hash<Key>, typename Equal = std::equal_to<Key>>
	using set = std::unordered_set<Key, Hash, Equal>;
} // namespace ankerl::unordered_dense

#endif
