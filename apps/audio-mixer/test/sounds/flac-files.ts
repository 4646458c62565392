/** A tenth of a second of a tone of 440 Hz, half of full scale at the left and a quarter at the right, 44.1 kHz, as flac has encoded it. */
export const FLAC_TONE = Uint8Array.from(
  Buffer.from(
    'ZkxhQ4AAACIQABAAAAEKAAk8CsRC8AAAETp9alJGLmwN8vJE+2ablbOb//jJmAB0QgAAAIBtT/mAAAEvMLMpynpzkyk85MkmTJmTMMMmQwmYUnDk' +
      'yk5KFCkyhTNM+RM5mZSUnOeZknDkk4ZIZMzMmTkmEyGfDmZnM3PCnChQpKSTDJJmZk4UmSSTDhmTChznM8POZOc6UzTOTMnM5KTJyTyThMJMkkmZ' +
      'Jw4YZhkplPJTPpymc8nyTCTDMyZJJJhkmTM5KGFD5zzM5kvOXnkyk5k4UmZyZJhQmSZJIchzhw5mHDMMoUmhlMylLJzJYaHlKU0JhQzJMzJJJMmT' +
      'MzJhTKUlklOcnCnTzlJ54ZOSclDJkzMOGEmTDDkoczJkzDzJ4cz/KdM5QoWU+YZkmQpJmSYZJOGYckmhcpSZzOlMpeFMmckphw4Zk5OTJJMkkhyZ' +
      'kyZmZmTkmhTnnKbMpmSnJzzykwpMyYUkwkmShmTJmGQphZTOcyhz08KczhThkmSZOTDmZmQmGTJMmFCeTmZmZzmcl+fnJycykpKYeTOYUkmGYYSZ' +
      'kzhhkhQnyUyk+UuZ4WeZTJJhkKFDJmEmGSSSZkpJzJKZzmZKHJSnOlJTM5yhyeTlJMk4ZMkwkwpOTJh5DhhmFOZmc5/mZ5lCmhMMMMkoSkOZOQww' +
      'zMMoThQymUlMyUlJksl880KecmZwpOZOGckySGTJIcyZmSZMklClDkzObKf5zMp08knJMmYZMMkzDkmGYcplKSk8z+dNJ5J5OcOTMnM5MwmYYSZM' +
      'nMmSUkzJkyUKcykp/OFJzMz5T4cKFCkwpJkhMyZmZKSTLNPJzmZnLlJ8lJ5mSZMnDhmZkzAySZhMwoZwoUOThnJScKZpZylM5nOfOTJOGcmTJJhk' +
      'wzIUySFyXmFmU5T05yZSecmSTJkzJmGGTIYTMKThyZSclChSZQpmmfImczMpKTnPMyThyScMkMmZmTJyTCZDPhzMzmbnhThQoUlJJhkkzMycKTJJ' +
      'JhwzJhQ5zmeHnMnOdKZpnJmTmclJk5J5JwmEmSSTMk4cMMwyUynkpn05TOeT5JhJhmZMkkkwyTJmclDCh855mcyXnLzyZScycKTM5MkwoTJMkkOQ' +
      '5w4czDhmGUKTQymZSlk5ksNDylKaEwoZkmZkkkmTJmZkwplKSySnOThTp5yk88MnJOShkyZmHDCTJhhyUOZkyZh5k8OZ/lOmcoULKfMMyTIUkzJM' +
      'MknDMOSTQuUpM5nSmUvCmTOSUw4cMycnJkkmSSQ5MyZMzMzJyTQpzzlNmUzJTk555SYUmZMKSYSTJQzJkzDIUwspnOZQ56eFOZwpwyTJMnJhzMzI' +
      'TDJkmTChPJzMzM5zOS/Pzk5OZSUlMPJnMKSTDMMJMyZwwyQoT5KZSfKXM8LPMpkkwyFChkzCTDJJJMyUk5klM5zMlDkpTnSkpmc5Q5PJykmScMmS' +
      'YSYUnJkw8hwwzCnMzOc/zM8yhTQmGGGSUJSHMnIYYZmGUJwoZTKSmZKSkyWS+eaFPOTM4UnMnDOSZJDJkkOZMzJMmSShShyZnNlP85mU6eSTkmTM' +
      'MmGSZhyTDMOUylJSeZ/Omk8k8nOHJmTmcmYTMMJMmToQAAAQDan/MAAAPKZnlLKfSckpQ55hkKSTKEzhhkmGEwoZyZOFOTQzM5nKcpL54UmeclJ5' +
      '4ZkyZMmSGHChQ5MyZhMkk8zMnk5ZZnMzM8MwKGTCklIUmckkkmTJOGYUoUzmZzKSZSaaefOcOTkpnIUnDmZMJJhwkmTMmTChJhyhT5LJ/5TlMymU' +
      'JDhMPDhQkhwwyE4c5mGZynMpJSUPlPLzOTlDmTMlJlCUChkwzJJDJkzMmFOGShJk5zOc5Szk5zOZSnTMMwpDhQoZhJJmYUk5hn55maFJyZppzKZT' +
      'OTMhTJyZkkoUMmGEwoYZOZKFDKGFDMoczJz/mmhSUzlPLDChmGShJSQwyHDMkyZh9ClOTOU08vMocKTMoZMhSTmTOSGYZJJMk5hQyeFCkyZnPPmd' +
      'lCyUOUnJSU5ThwoUOHDhJJmZMmTJhkiHKc5zmZ9JSUlChSUmGTDhycMlDkKGQkzJJkmTM5woUk5Qpk8/lMuTOZPCzlDM4UlDMkhkmEwyZyYYUJJK' +
      'ZzzKSylzocplClIZJhkzDhQmEySSSZOZkoZlClDKFDmTlKFNKcoUPmcnMLM5MwzDMmEwmcnChMzJMkkymTwpmfTKFCksKZTMJMMMyZkycmQwyZMm' +
      'ZMnOhykwpzM5y+ZTlCIaGcOZzJQycmZJDJMMklDh4ZkwyZlMyZKTZSkuhSUkppLQzDMwzhkkkknIckmFDJToU5zOekp6czJScLJmHJyUmckmSYTC' +
      'cM8MyZmTMKGFMpPOf8mcLDwpyhEykmZmZMyGQyck5mZJ+aZzOShQpKXOc5zKSZJw5MkzhSTJJDhkwyZkzMoTkwpOcmUKaU8pSZoZ8LKZJkoYeThJ' +
      'JhkKGSZmGTzymZ5Syn0nJKUOeYZCkkyhM4YZJhhMKGcmThTk0MzOZynKS+eFJnnJSeeGZMmTJkhhwoUOTMmYTJJPMzJ5OWWZzMzPDMChkwpJSFJn' +
      'JJJJkyThmFKFM5mcykmUmmnnznDk5KZyFJw5mTCSYcJJkzJkwoSYcoU+Syf+U5TMplCQ4TDw4UJIcMMhOHOZhmcpzKSUlD5Ty8zk5Q5kzJSZQlAo' +
      'ZMMySQyZMzJhThkoSZOcznOUs5OczmUp0zDMKQ4UKGYSSZmFJOYZ+eZmhScmaacymUzkzIUycmZJKFDJhhMKGGTmShQyhhQzKHMyc/5poUlM5Tyw' +
      'woZhkoSUkMMhwzJMmYfQpTkzlNPLzKHCkzKGTIUk5kzkhmGSSTJOYUMnhQpMmZzz5nZQslDlJyUlOU4cKFDhw4SSZmTJkyYZIhynOc5mfSUlJQoU' +
      'lJhkw4cnDJQ5ChkJMySZJkzOcKFJOUKZPP5TLkzmTws5QzOFJQzJIZJhMMmcmGFCSSmc8ykspc6HKZQpSGSYZMw4UJhMkkkmTmZKGZQpQyhQ5k5S' +
      'hTSnKFD5nJzCzOTMMwzJhMJnJwoTMyTJJMpk8KZn0yhQpLCmUzCTDDMmZMnJkMMmTJmTJzocpMKczOcvmU5QiGhnDmcyUMnJmSQyTDJJQ4eGZMMm' +
      'ZTMmSk2UpLoUlJKaS0MwzMM4ZJJJJyHJJhQyU6FOcznpKenMyUnCyZhyclJnJJkmEwnDOPvf//h5mAEBOeZE9CR6az1k9pYMnmIOAH1JlWslEoiw' +
      'sSiixKEiSSJIJiURQpRSSLF1JxGRkZWRlztemvWu5MqpNKhSRJIkSiihRCyRYSSSJQi0iyiSlauTk1LXXMjVfZemRiaojEYmiUhYpCUKkLFCSFkS' +
      'QsWKJIpSKRSpdWu8mXV2y6ZGkyaaTLVJonQkdNb1lFpX/oAIBAFSpa1ZRGJkyyYqSLi0kqioqJotQmKRYQxRZJRZZa0pSTRZVKUlKWqqkXlri1JL' +
      'CMTJYtSopLi0oskolaFolkqVEYpSqLRassqLVLWmK5WTKoqJZMTFRMqRYmVKhZSSEaWKSUliZckqLkotJlkqUsmq/AA=',
    'base64',
  ),
);

/** 192 samples of silence, as many of noise, and 216 of a saw tooth, 48 kHz, mono, as flac has encoded it: see flacKinds. */
export const FLAC_KINDS = Uint8Array.from(
  Buffer.from(
    'ZkxhQ4AAACIAwADAAAALAAGJC7gA8AAAAli9dVdzs6FVaARztQaapEBW//gaCAAHAAAAF7T/+BoIAQACWXXxS3XvevfMm1iGBW5qadlGaKLfN80i' +
      'HEWZ9lUhRx0MFNCoinQRaYAKaaFeHtcO07FcwoY/vqQ4AvCMhczWVUgJQBC5ffmpBIaJSi1jYD8h1ZEtolj6dicb5RWAIECloQ80FbPzKX5wzoNn' +
      'jkp/JBTi/IXHYPJd0hxy3jOLDQFSdVgal/21iR0bTp/dz2LuYfFQqyc0x6Qbndp1Fbj2T+R+tKL5Wvfyvx+uo5pCVu3el6h6tDSO03Mp7C+f/+/2' +
      'Lcj9bJCcpgKjixwtc5Ef9EfPZCCnNO+F9qUKTOVDrCmUBx+RkpV0eXf55HWSSN15Eg/PThgAuYM4/pRG7ABC0Fl4iDVeb4DQM5vHUKmNqRo2CLmM' +
      '/k7iKyakoGwHtoF5W1DLOkVbHLkP+TGpRmzF4JYT6kkPyAEGE4M/TuxO+NcqiBUoasNGKcZ8ANV+GuI+fDtqKcvHQih7yEoH9XbY7yoZSfaDv1pc' +
      'ia08p9CYrk6m6KELOrXN8mUTrYBj+CIPMmP/+BoIAgkTIPgCOFwuFwuFwuEAAd3hcLhcLhcLhcLhcLhcLhcLhcLhcLhcIAA7vC4XC4XC4XC4XC4X' +
      'C4XC4XC4XC4XCAAO7wuFwuFwuFwuFwuFwuFwuFwuFwuFwuEAAd3hcLhcLhcLhcLhcLhcLhcLhcLhcLhcIAA7vC4XC4XC4XC4XC4XC4XC4XC4XC4X' +
      'CAAO7wuFwuFwuFwuFwuFwuFwuFwuFwuFwuEAAd3hcLhcLhcLhcLhcLhcLhcLhcLhcLhcIAA7vC4XC4XC4XC4XC4XC4XC4XC4XC4XCAAO7wuFwuFw' +
      'uFwuFwuFwuFwuFwuFwuEwcD/+GoIAxd9EyNoAjhAAHd4XC4XC4XC4XC4XC4XC4XC4XC4XC4QAB3eEIh4',
    'base64',
  ),
);

/** The samples of FLAC_KINDS. */
export function flacKinds(): Int16Array {
  let seed = 1;
  return Int16Array.from({ length: 600 }, (_, n) => {
    seed = (seed * 48_271) % 2_147_483_647;
    if (n < 192) return 0;
    return n < 384 ? (seed % 65_536) - 32_768 : (((n * 97) % 2_000) - 1_000) * 8;
  });
}
