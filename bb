n1.bulk.test ch
version.bind ch txt
n2.bulk.test
